//+ id: Q04
//+ summary: How does one reach the other?
//+ description: >
//+   Every control path of one to five hops from the source to the target, each once, no node twice. Channels: V vote,
//+   G gate, L labour, I infrastructure, M money, R legal, S structural. A path with a hop of strength 0 carries
//+   nothing and is left out. Best paths only, or longer ones: `stackholder paths`.
//+ tags: [regulator, researcher]
//+ params:
//+   source:
//+     type: entity
//+     kinds: [Company, Institution, Contributor, GoverningBody, Framework, Package, Model, Dataset, CloudPlatform, Processor, Norm]
//+     example: nvidia
//+     about: who might control
//+   target:
//+     type: entity
//+     kinds: [Framework, Package, Model, Dataset, CloudPlatform, Processor, Norm, Company, Institution, GoverningBody, Contributor]
//+     example: pytorch
//+     about: what might be controlled
//+ columns:
//+   - {name: hops, type: integer, unit: "hops"}
//+   - {name: channels, type: string, unit: "one letter per hop, from the source on"}
//+   - {name: strength, type: double, unit: "0 to 1, product of the hops"}
//+   - {name: bottleneck, type: double, unit: "0 to 1, least of the hops"}
//+   - {name: weakest, type: double, unit: "probability, least confidence of the hops"}
//+   - {name: via_1, type: entity, unit: ""}
//+   - {name: via_1_name, type: string, unit: ""}
//+   - {name: via_2, type: entity, unit: ""}
//+   - {name: via_2_name, type: string, unit: ""}
//+   - {name: via_3, type: entity, unit: ""}
//+   - {name: via_3_name, type: string, unit: ""}
//+   - {name: via_4, type: entity, unit: ""}
//+   - {name: via_4_name, type: string, unit: ""}
//+   - {name: edge_1, type: edge, unit: ""}
//+   - {name: edge_2, type: edge, unit: ""}
//+   - {name: edge_3, type: edge, unit: ""}
//+   - {name: edge_4, type: edge, unit: ""}
//+   - {name: edge_5, type: edge, unit: ""}
//+ order: [strength desc, hops, edge_1, edge_2, edge_3, edge_4, edge_5]
//+ reading: >
//+   Judge a path by its weakest confidence. The product says how much influence arrives, the bottleneck whether the
//+   source can squeeze the target; both are ordinal, not probabilities. Null = the strength of a hop is unknown.
//+   Do not add paths up: they share hops.
//+ since: "0.1"
//+ says: "The strongest of {n} known paths has {hops} hops ({channels}) and strength {strength}."
MATCH (x:Company|Institution|Contributor|GoverningBody|Framework|Package|Model|Dataset|CloudPlatform|Processor|Norm {id: $source})
UNWIND [1, 2, 3, 4, 5] AS hops
MATCH (x)-[e1:CONTROLS]->(n1)
WHERE coalesce(e1.strength, 1.0) > 0 AND n1.id <> x.id
  AND (hops = 1 AND n1.id = $target OR hops > 1 AND n1.id <> $target)
OPTIONAL MATCH (n1)-[e2:CONTROLS]->(n2)
WHERE hops > 1 AND coalesce(e2.strength, 1.0) > 0 AND (hops = 2 AND n2.id = $target OR hops > 2 AND n2.id <> $target)
  AND n2.id <> x.id AND n2.id <> n1.id
WITH x, hops, e1, n1, e2, n2
WHERE hops < 2 OR n2.id IS NOT NULL
OPTIONAL MATCH (n2)-[e3:CONTROLS]->(n3)
WHERE hops > 2 AND coalesce(e3.strength, 1.0) > 0 AND (hops = 3 AND n3.id = $target OR hops > 3 AND n3.id <> $target)
  AND n3.id <> x.id AND n3.id <> n1.id AND n3.id <> n2.id
WITH x, hops, e1, n1, e2, n2, e3, n3
WHERE hops < 3 OR n3.id IS NOT NULL
OPTIONAL MATCH (n3)-[e4:CONTROLS]->(n4)
WHERE hops > 3 AND coalesce(e4.strength, 1.0) > 0 AND (hops = 4 AND n4.id = $target OR hops > 4 AND n4.id <> $target)
  AND n4.id <> x.id AND n4.id <> n1.id AND n4.id <> n2.id AND n4.id <> n3.id
WITH x, hops, e1, n1, e2, n2, e3, n3, e4, n4
WHERE hops < 4 OR n4.id IS NOT NULL
OPTIONAL MATCH (n4)-[e5:CONTROLS]->(n5)
WHERE hops > 4 AND coalesce(e5.strength, 1.0) > 0 AND n5.id = $target
  AND n5.id <> x.id AND n5.id <> n1.id AND n5.id <> n2.id AND n5.id <> n3.id AND n5.id <> n4.id
WITH x, hops, e1, n1, e2, n2, e3, n3, e4, n4, e5, n5
WHERE hops < 5 OR n5.id IS NOT NULL
WITH hops, e1, e2, e3, e4, e5, n1, n2, n3, n4, e1.strength AS s1,
  CASE WHEN hops < 2 THEN 1.0 ELSE e2.strength END AS s2,
  CASE WHEN hops < 3 THEN 1.0 ELSE e3.strength END AS s3,
  CASE WHEN hops < 4 THEN 1.0 ELSE e4.strength END AS s4,
  CASE WHEN hops < 5 THEN 1.0 ELSE e5.strength END AS s5
WITH hops, e1, e2, e3, e4, e5, n1, n2, n3, n4, s1 * s2 * s3 * s4 * s5 AS strength, s4, s5,
  CASE WHEN s1 <= s2 AND s1 <= s3 THEN s1 WHEN s2 <= s3 THEN s2 ELSE s3 END AS least,
  CASE WHEN e2.confidence < e1.confidence THEN e2.confidence ELSE e1.confidence END AS sure_2
WITH hops, e1, e2, e3, e4, e5, n1, n2, n3, n4, strength, s4, s5, least,
  CASE WHEN e3.confidence < sure_2 THEN e3.confidence ELSE sure_2 END AS sure_3
WITH hops, e1, e2, e3, e4, e5, n1, n2, n3, n4, strength, s4, s5, least,
  CASE WHEN e4.confidence < sure_3 THEN e4.confidence ELSE sure_3 END AS sure_4
RETURN hops,
  CASE hops WHEN 1 THEN e1.channel
    WHEN 2 THEN e1.channel + '>' + e2.channel
    WHEN 3 THEN e1.channel + '>' + e2.channel + '>' + e3.channel
    WHEN 4 THEN e1.channel + '>' + e2.channel + '>' + e3.channel + '>' + e4.channel
    ELSE e1.channel + '>' + e2.channel + '>' + e3.channel + '>' + e4.channel + '>' + e5.channel END AS channels,
  strength,
  CASE WHEN strength IS NOT NULL THEN
    CASE WHEN least <= s4 AND least <= s5 THEN least WHEN s4 <= s5 THEN s4 ELSE s5 END END AS bottleneck,
  CASE WHEN e5.confidence < sure_4 THEN e5.confidence ELSE sure_4 END AS weakest,
  CASE WHEN hops > 1 THEN n1.id END AS via_1, CASE WHEN hops > 1 THEN n1.name END AS via_1_name,
  CASE WHEN hops > 2 THEN n2.id END AS via_2, CASE WHEN hops > 2 THEN n2.name END AS via_2_name,
  CASE WHEN hops > 3 THEN n3.id END AS via_3, CASE WHEN hops > 3 THEN n3.name END AS via_3_name,
  CASE WHEN hops > 4 THEN n4.id END AS via_4, CASE WHEN hops > 4 THEN n4.name END AS via_4_name,
  e1.basis AS edge_1, e2.basis AS edge_2, e3.basis AS edge_3, e4.basis AS edge_4, e5.basis AS edge_5
ORDER BY coalesce(strength, -1.0) DESC, hops, edge_1, coalesce(edge_2, ''), coalesce(edge_3, ''), coalesce(edge_4, ''),
  coalesce(edge_5, '')
