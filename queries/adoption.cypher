//+ id: Q41
//+ summary: How many use it, year by year?
//+ description: >
//+   Every count that somebody publishes, with its day: public repositories that need it, downloads a month, respondents
//+   of a survey who use it. Each is by its publisher's own definition; counts of different sorts are never added up.
//+ tags: [investor, researcher]
//+ params:
//+   framework: {type: entity, kinds: [Framework], example: pytorch, default: "", about: "what is used; empty = all"}
//+ columns:
//+   - {name: framework, type: entity, unit: ""}
//+   - {name: framework_name, type: string, unit: ""}
//+   - {name: what, type: string, unit: "what is counted"}
//+   - {name: day, type: date, unit: ""}
//+   - {name: value, type: double, unit: "repositories, downloads a month, or a fraction of respondents"}
//+   - {name: counter, type: entity, unit: ""}
//+   - {name: counter_name, type: string, unit: ""}
//+   - {name: edge, type: edge, unit: ""}
//+ order: [framework, what, day, counter, edge]
//+ reading: >
//+   Repositories are public ones that name it, downloads are made by machines as well: both follow use, and neither
//+   counts users. Compare the same sort of count over time, not two sorts with each other.
//+ since: "0.3"
MATCH (publisher:CloudPlatform|Company|Institution)-[number:COUNTS]->(used:Framework)
WHERE ($framework = '' OR used.id = $framework) AND number.what IN ['dependents', 'downloads', 'respondents']
RETURN used.id AS framework, used.name AS framework_name, number.what AS what, number.valid_from AS day,
  number.value AS value, publisher.id AS counter, publisher.name AS counter_name, number.key AS edge
ORDER BY framework, what, day, counter, edge
