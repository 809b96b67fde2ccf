//+ id: Q42
//+ summary: Which projects' people went to work for which organisation?
//+ description: >
//+   Per project or employer and organisation, as counted from public histories of commits: how many first worked there
//+   while not known to be with the organisation, and how many of these show up with it later, within 24 months and in
//+   all. Fewer than three are never told apart. `began` were with it when they first came.
//+ tags: [ospo, researcher]
//+ params:
//+   organisation: {type: entity, kinds: [Company, Institution], example: meta-platforms, default: "", about: "who hired; empty = all"}
//+ columns:
//+   - {name: source, type: entity, unit: ""}
//+   - {name: source_name, type: string, unit: ""}
//+   - {name: organisation, type: entity, unit: ""}
//+   - {name: organisation_name, type: string, unit: ""}
//+   - {name: persons, type: integer, unit: "persons at least, with it later; null = fewer than three"}
//+   - {name: soon, type: integer, unit: "of these, within 24 months"}
//+   - {name: watched, type: integer, unit: "who first worked there without it"}
//+   - {name: share, type: double, unit: "persons / watched, at least"}
//+   - {name: began, type: integer, unit: "who first came while with it"}
//+   - {name: edge, type: edge, unit: ""}
//+ order: [persons desc, organisation, source, edge]
//+ reading: >
//+   At least: who never used the organisation's address is missed, and who was with it from the start under a private
//+   address counts as hired. An address is no contract. Compare shares only where many were watched.
//+ since: "0.3"
MATCH (hirer:Company|Institution)-[hired:HIRED_FROM]->(left)
WHERE $organisation = '' OR hirer.id = $organisation
RETURN left.id AS source, left.name AS source_name, hirer.id AS organisation, hirer.name AS organisation_name,
  hired.persons AS persons, hired.soon AS soon, hired.watched AS watched,
  CASE WHEN hired.watched > 0 THEN 1.0 * hired.persons / hired.watched END AS share, hired.began AS began,
  hired.key AS edge
ORDER BY coalesce(persons, -1) DESC, organisation, source, edge
