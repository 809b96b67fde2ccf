//+ id: Q45
//+ summary: How many flaws in it have been published?
//+ description: >
//+   Per framework: the advisories on it that a public database held before a day, since the beginning, by the package
//+   that has most of them.
//+ tags: [cto, ospo, regulator]
//+ params:
//+   framework: {type: entity, kinds: [Framework], example: tensorflow, default: "", about: "what has flaws; empty = all"}
//+ columns:
//+   - {name: framework, type: entity, unit: ""}
//+   - {name: framework_name, type: string, unit: ""}
//+   - {name: day, type: date, unit: ""}
//+   - {name: value, type: double, unit: "advisories before that day"}
//+   - {name: counter, type: entity, unit: ""}
//+   - {name: counter_name, type: string, unit: ""}
//+   - {name: edge, type: edge, unit: ""}
//+ order: [value desc, framework, day desc, edge]
//+ reading: >
//+   Many advisories are a sign of being looked at as well as of flaws; none is no sign of having none. Who reported or
//+   mended them is not stated here, and not known is not nobody.
//+ since: "0.3"
MATCH (publisher:CloudPlatform|Company|Institution)-[number:COUNTS {what: 'advisories'}]->(flawed:Framework)
WHERE $framework = '' OR flawed.id = $framework
RETURN flawed.id AS framework, flawed.name AS framework_name, number.valid_from AS day, number.value AS value,
  publisher.id AS counter, publisher.name AS counter_name, number.key AS edge
ORDER BY value DESC, framework, day DESC, edge
