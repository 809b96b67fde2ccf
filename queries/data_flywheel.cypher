//+ id: Q22
//+ summary: Where does use feed data into the same owner's next model?
//+ description: >
//+   Closed circles: an organisation, or a service or model of its own, yields a data set that a model of the same
//+   organisation learned from. `via` is what yields the data: the organisation itself, a service that it provides, or a
//+   model that it made. A service of its own that sells the model closes the circle; it may be missing.
//+ tags: [regulator, researcher]
//+ params:
//+   organisation: {type: entity, kinds: [Company, Institution], example: meta-platforms, default: "", about: "whose circles; empty = all"}
//+ columns:
//+   - {name: organisation, type: entity, unit: ""}
//+   - {name: organisation_name, type: string, unit: ""}
//+   - {name: via, type: entity, unit: ""}
//+   - {name: via_name, type: string, unit: ""}
//+   - {name: dataset, type: entity, unit: ""}
//+   - {name: dataset_name, type: string, unit: ""}
//+   - {name: access_right, type: string, unit: "who holds the right of access"}
//+   - {name: model, type: entity, unit: ""}
//+   - {name: model_name, type: string, unit: ""}
//+   - {name: service, type: entity, unit: ""}
//+   - {name: service_name, type: string, unit: ""}
//+   - {name: length, type: integer, unit: "edges of the circle that are stated"}
//+   - {name: generates, type: edge, unit: ""}
//+   - {name: trained_on, type: edge, unit: ""}
//+ order: [what is public last, organisation, via, dataset, model, service, generates, trained_on]
//+ reading: >
//+   Any closed circle matters where the right of access is not public: others cannot learn from the same use. What data
//+   a model learned from is seldom stated, so no circle here is no proof that there is none.
//+ since: "0.2"
MATCH (owner:Company|Institution)-[:CREATED]->(learner:Model)-[t:TRAINED_ON]->(data:Dataset)<-[g:GENERATES]-(source)
WHERE ($organisation = '' OR owner.id = $organisation) AND (source.id = owner.id
  OR EXISTS { MATCH (owner)-[:PROVIDES]->(source) } OR EXISTS { MATCH (owner)-[:CREATED]->(source) })
OPTIONAL MATCH (owner)-[:PROVIDES]->(shop:CloudPlatform)-[:OFFERS]->(learner)
WITH DISTINCT owner, source, data, learner, shop, g, t
RETURN owner.id AS organisation, owner.name AS organisation_name, source.id AS via, source.name AS via_name,
  data.id AS dataset, data.name AS dataset_name, g.access_right AS access_right, learner.id AS model,
  learner.name AS model_name, shop.id AS service, shop.name AS service_name,
  CASE WHEN source.id = owner.id THEN 3 ELSE 4 END + CASE WHEN shop.id IS NULL THEN 0 ELSE 2 END AS length,
  g.key AS generates, t.key AS trained_on
ORDER BY CASE WHEN coalesce(access_right, '') = 'public' THEN 1 ELSE 0 END, organisation, via, dataset, model, coalesce(service, ''), generates, trained_on
