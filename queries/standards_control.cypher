//+ id: Q14
//+ summary: Who governs the interfaces and formats that others implement?
//+ description: >
//+   One row per interface or format and governor, and per source where several state it; a norm without a known governor
//+   has one row. An implementer is outside when that governor neither governs nor provides it and did not create it.
//+ tags: [regulator, researcher]
//+ params: {}
//+ columns:
//+   - {name: norm, type: entity, unit: ""}
//+   - {name: norm_name, type: string, unit: ""}
//+   - {name: category, type: string, unit: "interface or format"}
//+   - {name: governor, type: entity, unit: ""}
//+   - {name: governor_name, type: string, unit: ""}
//+   - {name: governors, type: integer, unit: "governors of the norm"}
//+   - {name: implementers, type: integer, unit: "frameworks, platforms and processors"}
//+   - {name: outside, type: integer, unit: "of these, not the governor's own"}
//+   - {name: outside_share, type: double, unit: "fraction of the implementers"}
//+   - {name: edge, type: edge, unit: ""}
//+ order: [outside desc, governors, norm, governor, edge]
//+ reading: >
//+   An outside share above 0.8 with a single governor: one party decides what many others must follow. Several governors
//+   or a standards body weaken that. A null governor is unknown; a null share has no known implementer.
//+ since: "0.1"
MATCH (standard:Norm) WHERE standard.category IN ['interface', 'format']
OPTIONAL MATCH (ruler)-[:GOVERNS]->(standard)
WITH standard, count(DISTINCT ruler.id) AS governors
OPTIONAL MATCH (follower)-[:IMPLEMENTS]->(standard)
WITH standard, governors, count(DISTINCT follower.id) AS implementers
OPTIONAL MATCH (party)-[g:GOVERNS]->(standard)
OPTIONAL MATCH (outsider)-[:IMPLEMENTS]->(standard)
WHERE NOT EXISTS { MATCH (party)-[:GOVERNS|PROVIDES|CREATED]->(outsider) }
WITH standard, governors, implementers, party, g, count(DISTINCT outsider.id) AS others
WITH standard, governors, implementers, party, g, CASE WHEN party.id IS NOT NULL THEN others END AS outside
RETURN standard.id AS norm, standard.name AS norm_name, standard.category AS category,
  party.id AS governor, party.name AS governor_name, governors, implementers, outside,
  CASE WHEN implementers > 0 THEN 1.0 * outside / implementers END AS outside_share, g.key AS edge
ORDER BY coalesce(outside, -1) DESC, governors, norm, coalesce(governor, ''), coalesce(edge, '')
