//+ id: Q15
//+ summary: How much do others build on this framework, per project that builds on it directly?
//+ description: >
//+   Direct dependents are the frameworks and models that need it, as stated or computed from their packages, required
//+   or optional. Reach adds those that need them, over at most five steps; the framework itself is not counted.
//+   A dependent is external when it is governed by none of the framework's governors; one whose governors are not
//+   known is in neither part of that share.
//+ tags: [investor, researcher]
//+ params:
//+   framework: {type: entity, kinds: [Framework], example: pytorch, about: what is built on}
//+ columns:
//+   - {name: framework, type: entity, unit: ""}
//+   - {name: framework_name, type: string, unit: ""}
//+   - {name: direct, type: integer, unit: "frameworks and models"}
//+   - {name: reach, type: integer, unit: "frameworks and models within five steps"}
//+   - {name: multiplier, type: double, unit: "reach per direct dependent"}
//+   - {name: governed, type: integer, unit: "direct dependents whose governors are known"}
//+   - {name: external, type: integer, unit: "of these, without a governor of the framework"}
//+   - {name: external_share, type: double, unit: "fraction of the governed"}
//+   - {name: packages, type: integer, unit: "packages published"}
//+ order: [framework]
//+ reading: >
//+   An external share above 0.9 says that others carry the building. The multiplier is null where nothing depends on
//+   it; the share is null where no governor is known. What depends on it unseen (vendored copies, private code) is missing.
//+ since: "0.1"
//+ says: "{reach} frameworks and models build on {framework_name}, {direct} of them directly: {multiplier} per direct one."
MATCH (project:Framework {id: $framework})
OPTIONAL MATCH (near:Framework|Model)-[:DEPENDS_ON]->(project) WHERE near.id <> project.id
WITH project, count(DISTINCT near.id) AS direct
OPTIONAL MATCH (known:Framework|Model)-[:DEPENDS_ON]->(project)
WHERE known.id <> project.id AND EXISTS { MATCH (known)<-[:GOVERNS]-(governor) }
  AND EXISTS { MATCH (project)<-[:GOVERNS]-(host) }
WITH project, direct, count(DISTINCT known.id) AS governed
OPTIONAL MATCH (outsider:Framework|Model)-[:DEPENDS_ON]->(project)
WHERE outsider.id <> project.id AND EXISTS { MATCH (outsider)<-[:GOVERNS]-(governor) }
  AND EXISTS { MATCH (project)<-[:GOVERNS]-(host) }
  AND NOT EXISTS { MATCH (outsider)<-[:GOVERNS]-(insider)-[:GOVERNS]->(project) }
WITH project, direct, governed, count(DISTINCT outsider.id) AS external
OPTIONAL MATCH (far:Framework|Model)-[:DEPENDS_ON*1..5]->(project) WHERE far.id <> project.id
WITH project, direct, governed, external, count(DISTINCT far.id) AS reach
OPTIONAL MATCH (project)-[:PUBLISHES]->(package:Package)
WITH project, direct, governed, external, reach, count(DISTINCT package.id) AS packages
RETURN project.id AS framework, project.name AS framework_name, direct, reach,
  CASE WHEN direct > 0 THEN 1.0 * reach / direct END AS multiplier, governed, external,
  CASE WHEN governed > 0 THEN 1.0 * external / governed END AS external_share, packages
ORDER BY framework
