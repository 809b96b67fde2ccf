//+ id: Q01
//+ summary: From this framework, which processors, then clouds, then owners does production pass through?
//+ description: >
//+   One row per product line of processors and operator who offers it: the framework runs on a chip of the line, a cloud
//+   of the operator has it on sale. Clouds under one topmost sure owner are one operator, which goes by who runs the cloud
//+   that is named: one with machines to let (IaaS), else the first. Maker and operator are those who surely decide, alone,
//+   on chip and cloud. The tier is the best that is stated for a chip of the line there; several sources are one row.
//+ tags: [cto, researcher]
//+ params:
//+   framework: {type: entity, kinds: [Framework], example: pytorch, about: the framework that is to run}
//+ columns:
//+   - {name: series, type: string, unit: "product line of processors"}
//+   - {name: maker, type: entity, unit: ""}
//+   - {name: maker_name, type: string, unit: ""}
//+   - {name: maker_owner, type: entity, unit: "topmost sure owner of the maker"}
//+   - {name: maker_owner_name, type: string, unit: ""}
//+   - {name: tier, type: string, unit: "native, optimised, supported or experimental"}
//+   - {name: operator, type: entity, unit: ""}
//+   - {name: operator_name, type: string, unit: ""}
//+   - {name: owner, type: entity, unit: "topmost sure owner of the operator"}
//+   - {name: owner_name, type: string, unit: ""}
//+   - {name: cloud, type: entity, unit: ""}
//+   - {name: cloud_name, type: string, unit: ""}
//+   - {name: clouds, type: integer, unit: "clouds of the operator that offer it"}
//+   - {name: chips, type: integer, unit: "chips of the line, or the line, that it runs on and the operator offers"}
//+   - {name: processors, type: integer, unit: "chips, and lines of chips, that the operator offers"}
//+   - {name: exclusive, type: boolean, unit: "stated to be on sale nowhere else"}
//+   - {name: same_owner, type: boolean, unit: "maker and operator are one party"}
//+   - {name: weakest, type: double, unit: "probability, least confidence of the statements"}
//+   - {name: runs_on, type: edge, unit: ""}
//+   - {name: offers, type: edge, unit: ""}
//+ order: [tier, exclusive desc, chips desc, clouds desc, processors desc, series, maker, cloud]
//+ reading: >
//+   Red: one owner is on every row of the best tier. Amber: without them the best way left is a tier lower. A null maker
//+   or operator is not known or not one alone; a null tier is not stated. Who offers more chips and clouds stands first;
//+   that is no share of the market, and small offers are seldom stated.
//+ since: "0.1"
MATCH (project:Framework {id: $framework})-[r:RUNS_ON]->(chip:Processor)<-[o:OFFERS]-(platform:CloudPlatform)
OPTIONAL MATCH (producer:Company|Institution)-[m:HAS_POWER]->(chip) WHERE m.power = 'decides' AND m.low > 0.5
OPTIONAL MATCH (provider:Company|Institution)-[h:HAS_POWER]->(platform) WHERE h.power = 'decides' AND h.low > 0.5
WITH coalesce(chip.series, chip.name) AS series, coalesce(m.owner, producer.id, '') AS maker_group,
  coalesce(h.owner, provider.id, platform.id) AS operator_group, r, o, chip, platform, producer, m, provider, h
WITH series, maker_group, operator_group, min(producer.id) AS maker_id, min(m.owner) AS maker_owner, min(m.owner_name) AS maker_owner_name,
  min(CASE WHEN platform.layer = 'iaas' THEN platform.id END) AS iaas, min(platform.id) AS first,
  count(DISTINCT platform.id) AS clouds, count(DISTINCT chip.id) AS chips,
  max(CASE WHEN o.exclusive THEN 2 WHEN o.exclusive = false THEN 1 ELSE 0 END) AS alone,
  min(r.confidence) AS sure_r, min(o.confidence) AS sure_o, min(h.confidence) AS sure_h, count(provider.id) AS known,
  min(CASE WHEN r.tier = 'native' THEN r.key END) AS r1, min(CASE WHEN r.tier = 'native' THEN o.key END) AS o1,
  min(CASE WHEN r.tier = 'optimised' THEN r.key END) AS r2, min(CASE WHEN r.tier = 'optimised' THEN o.key END) AS o2,
  min(CASE WHEN r.tier = 'supported' THEN r.key END) AS r3, min(CASE WHEN r.tier = 'supported' THEN o.key END) AS o3,
  min(CASE WHEN r.tier = 'experimental' THEN r.key END) AS r4, min(CASE WHEN r.tier = 'experimental' THEN o.key END) AS o4,
  min(r.key) AS r5, min(o.key) AS o5
OPTIONAL MATCH (place:CloudPlatform)-[:OFFERS]->(other:Processor)
WHERE place.id = operator_group OR EXISTS {
  MATCH (party:Company|Institution)-[w:HAS_POWER]->(place)
  WHERE w.power = 'decides' AND w.low > 0.5 AND coalesce(w.owner, party.id) = operator_group
}
WITH series, maker_group, operator_group, maker_id, maker_owner, maker_owner_name, coalesce(iaas, first) AS shown, clouds, chips, alone,
  CASE WHEN sure_o < sure_r THEN sure_o ELSE sure_r END AS sure, sure_h, known,
  r1, r2, r3, r4, r5, o1, o2, o3, o4, o5, count(DISTINCT other.id) AS processors
MATCH (site:CloudPlatform {id: shown})
OPTIONAL MATCH (made:Company|Institution) WHERE made.id = maker_id
OPTIONAL MATCH (runner:Company|Institution)-[d:HAS_POWER]->(site)
WHERE d.power = 'decides' AND d.low > 0.5 AND coalesce(d.owner, runner.id) = operator_group
WITH series, made, maker_owner, maker_owner_name, maker_group, operator_group, known, runner, d, site, clouds, chips, processors, alone,
  CASE WHEN r1 IS NOT NULL THEN 'native' WHEN r2 IS NOT NULL THEN 'optimised' WHEN r3 IS NOT NULL THEN 'supported'
    WHEN r4 IS NOT NULL THEN 'experimental' END AS tier,
  CASE WHEN r1 IS NOT NULL THEN 1 WHEN r2 IS NOT NULL THEN 2 WHEN r3 IS NOT NULL THEN 3 WHEN r4 IS NOT NULL THEN 4 ELSE 5 END AS rank,
  CASE WHEN sure_h < sure THEN sure_h ELSE sure END AS weakest,
  coalesce(r1, r2, r3, r4, r5) AS runs_on, coalesce(o1, o2, o3, o4, o5) AS offers
RETURN series, made.id AS maker, made.name AS maker_name, maker_owner, maker_owner_name, tier,
  runner.id AS operator, runner.name AS operator_name, d.owner AS owner, d.owner_name AS owner_name,
  site.id AS cloud, site.name AS cloud_name, clouds, chips, processors,
  CASE alone WHEN 2 THEN true WHEN 1 THEN false END AS exclusive,
  CASE WHEN known > 0 AND maker_group <> '' THEN maker_group = operator_group END AS same_owner,
  weakest, runs_on, offers
ORDER BY rank, CASE WHEN alone = 2 THEN 0 ELSE 1 END, chips DESC, clouds DESC, processors DESC, series, coalesce(maker, ''), cloud
