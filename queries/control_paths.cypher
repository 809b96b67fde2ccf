//+ id: Q04
//+ summary: How does one reach the other?
//+ description: >
//+   Every control path of one to four hops from the source to the target, each once, no node twice: any number of hops
//+   that decide, then at most one of another power, which ends it. `power`: how a path may end; empty = by deciding or
//+   by squeezing. A hop that could at most be 0 carries nothing and is left out. Best paths only, longer ones or several
//+   targets: `stackholder paths`.
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
//+   power: {type: string, example: decides, default: "", about: "power of the last hop; empty = decides or squeezes", choices: ["", decides, works, squeezes, pays, binds]}
//+ columns:
//+   - {name: hops, type: integer, unit: "hops, at most four"}
//+   - {name: ends_by, type: string, unit: "power of the last hop; all before it decide"}
//+   - {name: low, type: double, unit: "0 to 1, known: product of the hops; null for money"}
//+   - {name: high, type: double, unit: "0 to 1, at most: product of the hops; null for money"}
//+   - {name: amount, type: double, unit: "USD, of a last hop that pays"}
//+   - {name: weakest, type: double, unit: "probability, least confidence of the hops"}
//+   - {name: via_1, type: entity, unit: ""}
//+   - {name: via_1_name, type: string, unit: ""}
//+   - {name: via_2, type: entity, unit: ""}
//+   - {name: via_2_name, type: string, unit: ""}
//+   - {name: via_3, type: entity, unit: ""}
//+   - {name: via_3_name, type: string, unit: ""}
//+   - {name: reason, type: string, unit: "why, of the last hop"}
//+   - {name: edge_1, type: edge, unit: ""}
//+   - {name: edge_2, type: edge, unit: ""}
//+   - {name: edge_3, type: edge, unit: ""}
//+   - {name: edge_4, type: edge, unit: ""}
//+ order: [low desc, high desc, amount desc, hops, edge_1, edge_2, edge_3, edge_4]
//+ reading: >
//+   Low is what is known of every hop, high what it could be at most; both are ordinal, not probabilities. Judge a path by
//+   its weakest confidence. Do not add paths up: they share hops. What a party has in all, by all its ways together, is in
//+   who_controls.
//+ since: "0.1"
MATCH (x:Company|Institution|Contributor|GoverningBody|Framework|Package|Model|Dataset|CloudPlatform|Processor|Norm {id: $source})
UNWIND [1, 2, 3, 4] AS hops
MATCH (x)-[e1:CONTROLS]->(n1)
WHERE coalesce(e1.high, 1.0) > 0 AND n1.id <> x.id AND (hops > 1 AND n1.id <> $target AND e1.power = 'decides'
  OR hops = 1 AND n1.id = $target AND (e1.power = $power OR $power = '' AND e1.power IN ['decides', 'squeezes']))
OPTIONAL MATCH (n1)-[e2:CONTROLS]->(n2)
WHERE coalesce(e2.high, 1.0) > 0 AND n2.id <> x.id AND n2.id <> n1.id AND (hops > 2 AND n2.id <> $target AND e2.power = 'decides'
  OR hops = 2 AND n2.id = $target AND (e2.power = $power OR $power = '' AND e2.power IN ['decides', 'squeezes']))
WITH x, hops, e1, n1, e2, n2
WHERE hops < 2 OR n2.id IS NOT NULL
OPTIONAL MATCH (n2)-[e3:CONTROLS]->(n3)
WHERE coalesce(e3.high, 1.0) > 0 AND n3.id <> x.id AND n3.id <> n1.id AND n3.id <> n2.id AND (hops > 3 AND n3.id <> $target AND e3.power = 'decides'
  OR hops = 3 AND n3.id = $target AND (e3.power = $power OR $power = '' AND e3.power IN ['decides', 'squeezes']))
WITH x, hops, e1, n1, e2, n2, e3, n3
WHERE hops < 3 OR n3.id IS NOT NULL
OPTIONAL MATCH (n3)-[e4:CONTROLS]->(n4)
WHERE hops = 4 AND coalesce(e4.high, 1.0) > 0 AND n4.id = $target AND n4.id <> x.id AND n4.id <> n1.id AND n4.id <> n2.id
  AND n4.id <> n3.id AND (e4.power = $power OR $power = '' AND e4.power IN ['decides', 'squeezes'])
WITH hops, e1, n1, e2, n2, e3, n3, e4, n4
WHERE hops < 4 OR n4.id IS NOT NULL
WITH hops, e1, n1, e2, n2, e3, n3, e4,
  CASE WHEN e2.confidence < e1.confidence THEN e2.confidence ELSE e1.confidence END AS sure_2
WITH hops, e1, n1, e2, n2, e3, n3, e4,
  CASE WHEN e3.confidence < sure_2 THEN e3.confidence ELSE sure_2 END AS sure_3
RETURN hops,
  CASE hops WHEN 1 THEN e1.power WHEN 2 THEN e2.power WHEN 3 THEN e3.power ELSE e4.power END AS ends_by,
  CASE hops WHEN 1 THEN e1.low WHEN 2 THEN e1.low * e2.low WHEN 3 THEN e1.low * e2.low * e3.low
    ELSE e1.low * e2.low * e3.low * e4.low END AS low,
  CASE hops WHEN 1 THEN e1.high WHEN 2 THEN e1.high * e2.high WHEN 3 THEN e1.high * e2.high * e3.high
    ELSE e1.high * e2.high * e3.high * e4.high END AS high,
  CASE hops WHEN 1 THEN e1.amount WHEN 2 THEN e2.amount WHEN 3 THEN e3.amount ELSE e4.amount END AS amount,
  CASE WHEN e4.confidence < sure_3 THEN e4.confidence ELSE sure_3 END AS weakest,
  CASE WHEN hops > 1 THEN n1.id END AS via_1, CASE WHEN hops > 1 THEN n1.name END AS via_1_name,
  CASE WHEN hops > 2 THEN n2.id END AS via_2, CASE WHEN hops > 2 THEN n2.name END AS via_2_name,
  CASE WHEN hops > 3 THEN n3.id END AS via_3, CASE WHEN hops > 3 THEN n3.name END AS via_3_name,
  CASE hops WHEN 1 THEN e1.reason WHEN 2 THEN e2.reason WHEN 3 THEN e3.reason ELSE e4.reason END AS reason,
  e1.basis AS edge_1, e2.basis AS edge_2, e3.basis AS edge_3, e4.basis AS edge_4
ORDER BY coalesce(low, -1.0) DESC, coalesce(high, -1.0) DESC, coalesce(amount, -1.0) DESC, hops,
  edge_1, coalesce(edge_2, ''), coalesce(edge_3, ''), coalesce(edge_4, '')
