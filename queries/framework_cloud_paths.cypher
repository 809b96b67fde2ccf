//+ id: Q01
//+ summary: From this framework, which processors, then clouds, then owners does production pass through?
//+ description: >
//+   One row per product line of processors that the framework runs on and party that offers it: framework, processor,
//+   cloud, owner. Maker and operator are who surely decides on the processor and on the cloud; `tier` is the best that a
//+   source states for the line. What counts as the operator's is what it decides on, whatever the cloud is called.
//+ tags: [cto, researcher]
//+ params:
//+   framework: {type: entity, kinds: [Framework], example: pytorch, about: the framework that is to run}
//+ columns:
//+   - {name: series, type: string, unit: "product line of processors"}
//+   - {name: maker_name, type: string, unit: "the company that decides on them"}
//+   - {name: tier, type: string, unit: "native, optimised, supported or experimental, the best stated"}
//+   - {name: cloud_name, type: string, unit: "one of the clouds"}
//+   - {name: operator, type: entity, unit: "the company that decides on the cloud"}
//+   - {name: operator_name, type: string, unit: ""}
//+   - {name: owner_name, type: string, unit: "topmost sure owner of the operator"}
//+   - {name: clouds, type: integer, unit: "clouds and services of the operator that offer the line"}
//+   - {name: chips, type: integer, unit: "processors of the line that they offer"}
//+   - {name: breadth, type: integer, unit: "processors of any line on which the framework runs there"}
//+   - {name: exclusive, type: boolean, unit: "stated that no other cloud offers one of them"}
//+   - {name: same_owner, type: boolean, unit: "operator and maker are one party"}
//+   - {name: weakest, type: double, unit: "probability, least confidence of the statements"}
//+   - {name: runs_on, type: edge, unit: ""}
//+   - {name: offers, type: edge, unit: ""}
//+ order: [tier, chips desc, clouds desc, breadth desc, series, operator]
//+ reading: >
//+   Red: one operator or one maker in every row. Amber: the best row without it is at least one tier lower. Offers that
//+   nobody states are missing, and a null operator is unknown, not none.
//+ since: "0.1"
MATCH (project:Framework {id: $framework})-[r:RUNS_ON]->(chip:Processor)<-[o:OFFERS]-(platform:CloudPlatform)
OPTIONAL MATCH (maker:Company)-[m:HAS_POWER]->(chip) WHERE m.power = 'decides' AND m.low > 0.5
OPTIONAL MATCH (party:Company)-[p:HAS_POWER]->(platform) WHERE p.power = 'decides' AND p.low > 0.5
WITH coalesce(chip.series, chip.name) AS series, chip.id AS chip_id, platform.id AS cloud_id, r, o, party, p, maker, m,
  CASE WHEN platform.layer = 'iaas' THEN platform.name END AS cloud, platform.name AS any_cloud,
  CASE r.tier WHEN 'native' THEN 4 WHEN 'optimised' THEN 3 WHEN 'supported' THEN 2 WHEN 'experimental' THEN 1 ELSE 0 END AS rank
WITH series, party.id AS operator, p.holder AS operator_name, max(p.owner_name) AS owner_name,
  max(m.holder) AS maker_name, max(rank) AS rank, min(cloud) AS cloud, min(any_cloud) AS any_cloud,
  count(DISTINCT cloud_id) AS clouds, count(DISTINCT chip_id) AS chips,
  max(CASE WHEN o.exclusive THEN 1 ELSE 0 END) AS alone,
  max(CASE WHEN coalesce(p.owner, party.id) = coalesce(m.owner, maker.id) THEN 1 ELSE 0 END) AS one,
  min(r.confidence) AS sure_1, min(o.confidence) AS sure_2, min(r.key) AS runs_on, min(o.key) AS offers
OPTIONAL MATCH (same:Company)-[q:HAS_POWER]->(place:CloudPlatform)-[:OFFERS]->(other:Processor)<-[:RUNS_ON]-(again:Framework {id: $framework})
WHERE same.id = operator AND q.power = 'decides' AND q.low > 0.5
WITH series, operator, operator_name, owner_name, maker_name, rank, cloud, any_cloud, clouds, chips, alone, one, sure_1, sure_2,
  runs_on, offers, count(DISTINCT other.id) AS breadth
RETURN series, maker_name,
  CASE rank WHEN 4 THEN 'native' WHEN 3 THEN 'optimised' WHEN 2 THEN 'supported' WHEN 1 THEN 'experimental' END AS tier,
  coalesce(cloud, any_cloud) AS cloud_name, operator, operator_name, owner_name, clouds, chips, breadth,
  alone = 1 AS exclusive, one = 1 AS same_owner, CASE WHEN sure_1 < sure_2 THEN sure_1 ELSE sure_2 END AS weakest,
  runs_on, offers
ORDER BY rank DESC, chips DESC, clouds DESC, breadth DESC, series, coalesce(operator, ''), cloud_name
