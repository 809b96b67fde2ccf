//+ id: Q03
//+ summary: Who controls this today?
//+ description: >
//+   Organisations, bodies and persons from which control reaches the artefact over one to three hops, each path once,
//+   no node twice. Channels: V vote, G gate, L labour, I infrastructure, M money, R legal, S structural. A path with a
//+   hop of strength 0 carries nothing and is left out. `owner` is the topmost holder of a sure majority of the votes of
//+   the controller.
//+ tags: [ospo, regulator, investor, cto, researcher]
//+ params:
//+   artefact:
//+     type: entity
//+     kinds: [Framework, Package, Model, Dataset, CloudPlatform, Processor, Norm, Company, Institution, GoverningBody]
//+     example: pytorch
//+     about: what is controlled
//+ columns:
//+   - {name: controller, type: entity, unit: ""}
//+   - {name: controller_name, type: string, unit: ""}
//+   - {name: controller_kind, type: string, unit: "Company, Institution, Contributor or GoverningBody"}
//+   - {name: hops, type: integer, unit: "hops"}
//+   - {name: channels, type: string, unit: "one letter per hop, from the controller on"}
//+   - {name: strength, type: double, unit: "0 to 1, product of the hops"}
//+   - {name: weakest, type: double, unit: "probability, least confidence of the hops"}
//+   - {name: via_1, type: entity, unit: ""}
//+   - {name: via_1_name, type: string, unit: ""}
//+   - {name: via_2, type: entity, unit: ""}
//+   - {name: via_2_name, type: string, unit: ""}
//+   - {name: owner, type: entity, unit: ""}
//+   - {name: owner_name, type: string, unit: ""}
//+   - {name: edge_1, type: edge, unit: ""}
//+   - {name: edge_2, type: edge, unit: ""}
//+   - {name: edge_3, type: edge, unit: ""}
//+ order: [strength desc, hops, controller, edge_1, edge_2, edge_3]
//+ reading: >
//+   Above one half: decides alone. A quarter to one half: significant. A null strength is unknown (a seat whose votes
//+   are not stated, a body that decides by consensus), not none. A null owner: nobody surely holds the majority.
//+   Look at the weakest confidence first.
//+ since: "0.1"
//+ says: "{controller_name} reaches it most strongly ({channels}, strength {strength}); {n} paths of control are known."
MATCH (artefact:Framework|Package|Model|Dataset|CloudPlatform|Processor|Norm|Company|Institution|GoverningBody {id: $artefact})
UNWIND [1, 2, 3] AS hops
MATCH (near)-[last:CONTROLS]->(artefact)
WHERE near.id <> artefact.id AND coalesce(last.strength, 1.0) > 0
OPTIONAL MATCH (mid)-[middle:CONTROLS]->(near)
WHERE hops > 1 AND coalesce(middle.strength, 1.0) > 0 AND mid.id <> near.id AND mid.id <> artefact.id
WITH artefact, hops, near, last, mid, middle WHERE hops < 2 OR mid.id IS NOT NULL
OPTIONAL MATCH (far)-[first:CONTROLS]->(mid)
WHERE hops > 2 AND coalesce(first.strength, 1.0) > 0 AND far.id <> mid.id AND far.id <> near.id AND far.id <> artefact.id
WITH hops, last, middle, first,
  CASE hops WHEN 1 THEN near.id WHEN 2 THEN mid.id ELSE far.id END AS holder,
  CASE hops WHEN 1 THEN near.name WHEN 2 THEN mid.name ELSE far.name END AS holder_name,
  CASE hops WHEN 1 THEN near.kind WHEN 2 THEN mid.kind ELSE far.kind END AS holder_kind,
  CASE hops WHEN 2 THEN near.id WHEN 3 THEN mid.id END AS via_1,
  CASE hops WHEN 2 THEN near.name WHEN 3 THEN mid.name END AS via_1_name,
  CASE hops WHEN 3 THEN near.id END AS via_2,
  CASE hops WHEN 3 THEN near.name END AS via_2_name
WHERE holder_kind IN ['Company', 'Institution', 'Contributor', 'GoverningBody']
// the topmost sure owner: nobody surely above it, in a circle the first by id
OPTIONAL MATCH (above:Company|Institution|Contributor)-[a:ULTIMATELY_CONTROLS]->(held:Company|Institution)
WHERE held.id = holder AND a.certainty = 'sure' AND NOT EXISTS {
  MATCH (higher:Company|Institution|Contributor)-[b:ULTIMATELY_CONTROLS]->(above)
  WHERE b.certainty = 'sure' AND (higher.id < above.id OR NOT EXISTS {
    MATCH (above)-[c:ULTIMATELY_CONTROLS]->(higher) WHERE c.certainty = 'sure'
  })
}
WITH hops, last, holder, holder_name, holder_kind, via_1, via_1_name, via_2, via_2_name, above,
  CASE hops WHEN 1 THEN last.channel WHEN 2 THEN middle.channel + '>' + last.channel
    ELSE first.channel + '>' + middle.channel + '>' + last.channel END AS channels,
  CASE hops WHEN 1 THEN last.strength WHEN 2 THEN middle.strength * last.strength
    ELSE first.strength * middle.strength * last.strength END AS strength,
  CASE WHEN middle.confidence < last.confidence THEN middle.confidence ELSE last.confidence END AS lower,
  first.confidence AS sure,
  CASE hops WHEN 1 THEN last.basis WHEN 2 THEN middle.basis ELSE first.basis END AS edge_1,
  CASE hops WHEN 2 THEN last.basis WHEN 3 THEN middle.basis END AS edge_2,
  CASE hops WHEN 3 THEN last.basis END AS edge_3
RETURN holder AS controller, holder_name AS controller_name, holder_kind AS controller_kind, hops, channels, strength,
  CASE WHEN sure < lower THEN sure ELSE lower END AS weakest, via_1, via_1_name, via_2, via_2_name,
  above.id AS owner, above.name AS owner_name, edge_1, edge_2, edge_3
ORDER BY coalesce(strength, -1.0) DESC, hops, controller, edge_1, coalesce(edge_2, ''), coalesce(edge_3, '')
