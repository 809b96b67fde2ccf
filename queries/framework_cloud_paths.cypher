//+ id: Q01
//+ summary: From this framework, which processors, then clouds, then owners does production pass through?
//+ description: >
//+   Every way of the shape framework, processor it runs on, cloud that offers the processor, owner of the cloud.
//+   Several sources for one hop give several rows, each with its own evidence. `owner` is who provides the cloud;
//+   `same_owner` also looks above both, at who surely holds the majority of the votes.
//+ tags: [cto, researcher]
//+ params:
//+   framework: {type: entity, kinds: [Framework], example: pytorch, about: the framework that is to run}
//+ columns:
//+   - {name: processor, type: entity, unit: ""}
//+   - {name: processor_name, type: string, unit: ""}
//+   - {name: tier, type: string, unit: "native, optimised, supported or experimental"}
//+   - {name: maker, type: entity, unit: ""}
//+   - {name: maker_name, type: string, unit: ""}
//+   - {name: cloud, type: entity, unit: ""}
//+   - {name: cloud_name, type: string, unit: ""}
//+   - {name: exclusive, type: boolean, unit: "no other cloud offers the processor"}
//+   - {name: owner, type: entity, unit: ""}
//+   - {name: owner_name, type: string, unit: ""}
//+   - {name: same_owner, type: boolean, unit: "owner of the cloud and maker of the processor are one"}
//+   - {name: strength, type: double, unit: "0 to 1, product of the three hops"}
//+   - {name: weakest, type: double, unit: "probability, least confidence of the hops"}
//+   - {name: runs_on, type: edge, unit: ""}
//+   - {name: offers, type: edge, unit: ""}
//+   - {name: provides, type: edge, unit: ""}
//+ order: [strength desc, processor, cloud, owner, maker, runs_on, offers, provides]
//+ reading: >
//+   Red: one owner is on every path. Amber: the best path around it is at least one tier lower. Strength 0 means that
//+   another maker's processor does as well; a null strength or owner is unknown, not none.
//+ since: "0.1"
//+ says: "The strongest known way leads over {processor_name} at {cloud_name} to {owner_name} (strength {strength}); {n} ways are known."
MATCH (project:Framework {id: $framework})-[r:RUNS_ON]->(chip:Processor)<-[o:OFFERS]-(platform:CloudPlatform)
MATCH (chip)-[first:CONTROLS]->(project) WHERE first.basis = r.key
MATCH (platform)-[second:CONTROLS]->(chip) WHERE second.basis = o.key
OPTIONAL MATCH (provider:Company|Institution)-[p:PROVIDES]->(platform)
OPTIONAL MATCH (provider)-[third:CONTROLS]->(platform) WHERE third.basis = p.key
OPTIONAL MATCH (producer:Company|Institution)-[:PROVIDES]->(chip)
WITH DISTINCT r, o, p, chip, platform, provider, producer,
  first.strength * second.strength * third.strength AS product,
  CASE WHEN r.confidence <= o.confidence THEN r.confidence ELSE o.confidence END AS lower
// the topmost sure owner: nobody surely above it, in a circle the first by id
OPTIONAL MATCH (above:Company|Institution|Contributor)-[a:ULTIMATELY_CONTROLS]->(provider)
WHERE a.certainty = 'sure' AND NOT EXISTS {
  MATCH (higher:Company|Institution|Contributor)-[b:ULTIMATELY_CONTROLS]->(above)
  WHERE b.certainty = 'sure' AND (higher.id < above.id OR NOT EXISTS {
    MATCH (above)-[c:ULTIMATELY_CONTROLS]->(higher) WHERE c.certainty = 'sure'
  })
}
OPTIONAL MATCH (over:Company|Institution|Contributor)-[d:ULTIMATELY_CONTROLS]->(producer)
WHERE d.certainty = 'sure' AND NOT EXISTS {
  MATCH (highest:Company|Institution|Contributor)-[e:ULTIMATELY_CONTROLS]->(over)
  WHERE e.certainty = 'sure' AND (highest.id < over.id OR NOT EXISTS {
    MATCH (over)-[f:ULTIMATELY_CONTROLS]->(highest) WHERE f.certainty = 'sure'
  })
}
RETURN chip.id AS processor, chip.name AS processor_name, r.tier AS tier,
  producer.id AS maker, producer.name AS maker_name,
  platform.id AS cloud, platform.name AS cloud_name, o.exclusive AS exclusive,
  provider.id AS owner, provider.name AS owner_name,
  coalesce(above.id, provider.id) = coalesce(over.id, producer.id) AS same_owner,
  product AS strength, CASE WHEN p.confidence < lower THEN p.confidence ELSE lower END AS weakest,
  r.key AS runs_on, o.key AS offers, p.key AS provides
ORDER BY coalesce(strength, -1.0) DESC, processor, cloud, coalesce(owner, ''), coalesce(maker, ''),
  runs_on, offers, coalesce(provides, '')
