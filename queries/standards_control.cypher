//+ id: Q14
//+ summary: Who governs the interfaces and formats that others implement?
//+ description: >
//+   One row per interface or format and party that holds rights over it itself; firms under one topmost sure owner are
//+   one party. A norm nobody is known to govern has one row. An implementer is the governor's own where the same party
//+   surely decides on it (above one half), else outside.
//+ tags: [regulator, researcher]
//+ params: {}
//+ columns:
//+   - {name: norm, type: entity, unit: ""}
//+   - {name: norm_name, type: string, unit: ""}
//+   - {name: category, type: string, unit: "interface or format"}
//+   - {name: governor, type: entity, unit: ""}
//+   - {name: governor_name, type: string, unit: ""}
//+   - {name: governors, type: integer, unit: "parties with rights over the norm"}
//+   - {name: decides_low, type: double, unit: "0 to 1, known"}
//+   - {name: decides_high, type: double, unit: "0 to 1, at most"}
//+   - {name: sure, type: boolean, unit: "whether it surely decides, above one half"}
//+   - {name: implementers, type: integer, unit: "frameworks, platforms and processors"}
//+   - {name: outside, type: integer, unit: "of these, not the governor's own"}
//+   - {name: outside_share, type: double, unit: "fraction of the implementers"}
//+   - {name: edge, type: edge, unit: ""}
//+ order: [sure desc, outside desc, decides_low desc, norm, governor]
//+ reading: >
//+   An outside share above 0.8 where one party surely decides (above one half): many follow what one alone may change.
//+   A body of many holders, or a shared right, weakens that. A null governor is unknown; a null share has no known
//+   implementer. Implementers are those that a source names, so both numbers are least ones.
//+ since: "0.1"
MATCH (standard:Norm) WHERE standard.category IN ['interface', 'format']
OPTIONAL MATCH (ruler)-[r:HAS_POWER]->(standard) WHERE r.power = 'decides' AND r.hops = 1
WITH standard, count(DISTINCT ruler.id) AS governors
OPTIONAL MATCH (follower)-[:IMPLEMENTS]->(standard)
WITH standard, governors, count(DISTINCT follower.id) AS implementers
OPTIONAL MATCH (party)-[h:HAS_POWER]->(standard) WHERE h.power = 'decides' AND h.hops = 1
WITH standard, governors, implementers, party, h, coalesce(h.owner, party.id) AS firm
OPTIONAL MATCH (outsider)-[:IMPLEMENTS]->(standard)
WHERE NOT EXISTS {
  MATCH (own)-[k:HAS_POWER]->(outsider)
  WHERE k.power = 'decides' AND k.low > 0.5 AND coalesce(k.owner, own.id) = firm
}
WITH standard, governors, implementers, party, h, count(DISTINCT outsider.id) AS others
WITH standard, governors, implementers, party, h, CASE WHEN party.id IS NOT NULL THEN others END AS outside
RETURN standard.id AS norm, standard.name AS norm_name, standard.category AS category,
  party.id AS governor, party.name AS governor_name, governors, h.low AS decides_low, h.high AS decides_high,
  h.low > 0.5 AS sure, implementers, outside, CASE WHEN implementers > 0 THEN 1.0 * outside / implementers END AS outside_share,
  h.basis AS edge
ORDER BY coalesce(sure, false) DESC, coalesce(outside, -1) DESC, coalesce(decides_low, -1.0) DESC, norm, coalesce(governor, '')
