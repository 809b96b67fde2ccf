//+ id: Q12
//+ summary: Which single firm or part can stop what I build on this framework?
//+ description: >
//+   A route is a processor that the framework runs on, at a cloud that offers it. For makers of processors and operators
//+   of clouds: the routes that pass through them, merged by the topmost holder of a sure majority of their votes. For a
//+   dependency that is not optional: itself among the alternatives that would do. Routes whose maker or operator is not
//+   known count in all routes only.
//+ tags: [cto]
//+ params:
//+   framework: {type: entity, kinds: [Framework], example: pytorch, about: what is built on}
//+ columns:
//+   - {name: role, type: string, unit: "maker, operator or dependency"}
//+   - {name: entity, type: entity, unit: ""}
//+   - {name: entity_name, type: string, unit: ""}
//+   - {name: through, type: integer, unit: "routes or alternatives through it"}
//+   - {name: routes, type: integer, unit: "routes or alternatives in all"}
//+   - {name: share, type: double, unit: "fraction"}
//+ order: [share desc, role, entity]
//+ reading: >
//+   Share 1 is a chokepoint: without it there is no known way. Beware of four clouds with one chip: look at makers and
//+   operators together. Missing offers and alternatives look like chokepoints.
//+ since: "0.1"
//+ says: "{entity_name} ({role}) stands on {through} of {routes} known routes or alternatives; {n} parties stand on any."
MATCH (project:Framework {id: $framework})
OPTIONAL MATCH (project)-[:RUNS_ON]->(part:Processor)<-[:OFFERS]-(place:CloudPlatform)
WITH project, count(DISTINCT part.id + ' ' + place.id) AS ways
UNWIND ['dependency', 'maker', 'operator'] AS role
OPTIONAL MATCH (project)-[d:DEPENDS_ON]->(need)
WHERE role = 'dependency' AND coalesce(d.kind, '') <> 'optional' AND need.id <> project.id
OPTIONAL MATCH (project)-[e:DEPENDS_ON]->(other) WHERE e.`group` = d.`group`
OPTIONAL MATCH (project)-[:RUNS_ON]->(chip:Processor)<-[:OFFERS]-(platform:CloudPlatform) WHERE role <> 'dependency'
OPTIONAL MATCH (producer:Company|Institution)-[:PROVIDES]->(chip) WHERE role = 'maker'
OPTIONAL MATCH (provider:Company|Institution)-[:PROVIDES]->(platform) WHERE role = 'operator'
WITH DISTINCT ways, role, other.id AS alternative, chip.id + ' ' + platform.id AS way,
  coalesce(need.id, producer.id, provider.id) AS party,
  coalesce(need.name, producer.name, provider.name) AS party_name
WHERE party IS NOT NULL
// the topmost sure owner: nobody surely above it, in a circle the first by id
OPTIONAL MATCH (above:Company|Institution|Contributor)-[a:ULTIMATELY_CONTROLS]->(held:Company|Institution)
WHERE held.id = party AND a.certainty = 'sure' AND NOT EXISTS {
  MATCH (higher:Company|Institution|Contributor)-[b:ULTIMATELY_CONTROLS]->(above)
  WHERE b.certainty = 'sure' AND (higher.id < above.id OR NOT EXISTS {
    MATCH (above)-[c:ULTIMATELY_CONTROLS]->(higher) WHERE c.certainty = 'sure'
  })
}
WITH ways, role, coalesce(above.id, party) AS entity, coalesce(above.name, party_name) AS entity_name,
  count(DISTINCT way) AS passing, count(DISTINCT alternative) AS alternatives
WITH role, entity, entity_name,
  CASE WHEN role = 'dependency' THEN 1 ELSE passing END AS through,
  CASE WHEN role <> 'dependency' THEN ways WHEN alternatives > 0 THEN alternatives ELSE 1 END AS routes
RETURN role, entity, entity_name, through, routes, 1.0 * through / routes AS share
ORDER BY share DESC, role, entity
