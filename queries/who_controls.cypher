//+ id: Q03
//+ summary: Who controls this today?
//+ description: >
//+   One row per party that decides on it, does its work or can squeeze it, each power by itself. Firms under one
//+   topmost sure owner are one party, by the name of the one that acts. An interval says what is known, and what it
//+   could be at most, given what is not known; power that could at most be below 0.01 is left out. Parties that decide
//+   alike, through others and by nothing else, are one row; so are those of whom less than 0.01 is known. `power`:
//+   only those who have this one; `pays` lists who gives it money, `binds` the laws and licences that bind it.
//+ tags: [ospo, regulator, investor, cto, researcher]
//+ params:
//+   artefact:
//+     type: entity
//+     kinds: [Framework, Package, Model, Dataset, CloudPlatform, Processor, Norm, Company, Institution, GoverningBody]
//+     example: pytorch
//+     about: what is controlled
//+   power: {type: string, example: pays, default: "", about: "decides, works, squeezes, pays or binds, each party by itself; empty = the first three, and who pays most", choices: ["", decides, works, squeezes, pays, binds]}
//+ columns:
//+   - {name: party, type: entity, unit: ""}
//+   - {name: party_name, type: string, unit: ""}
//+   - {name: party_kind, type: string, unit: ""}
//+   - {name: parties, type: integer, unit: "parties in this row, which tie"}
//+   - {name: decides_low, type: double, unit: "0 to 1, known"}
//+   - {name: decides_high, type: double, unit: "0 to 1, at most"}
//+   - {name: works_low, type: double, unit: "fraction of the work, known"}
//+   - {name: works_high, type: double, unit: "fraction of the work, at most"}
//+   - {name: squeezes_low, type: double, unit: "0 to 1, known"}
//+   - {name: squeezes_high, type: double, unit: "0 to 1, at most"}
//+   - {name: pays, type: double, unit: "USD, closed or announced"}
//+   - {name: binds, type: double, unit: "0 to 1, what a law or licence asks"}
//+   - {name: owner, type: entity, unit: "topmost sure owner of the party"}
//+   - {name: owner_name, type: string, unit: ""}
//+   - {name: decides_by, type: string, unit: "why"}
//+   - {name: works_by, type: string, unit: "why"}
//+   - {name: squeezes_by, type: string, unit: "why"}
//+   - {name: others_by, type: string, unit: "why, of money and law"}
//+   - {name: hops, type: integer, unit: "hops of the shortest way"}
//+   - {name: weakest, type: double, unit: "probability, least confidence of the statements"}
//+   - {name: decides_on, type: edge, unit: ""}
//+   - {name: works_on, type: edge, unit: ""}
//+   - {name: squeezes_on, type: edge, unit: ""}
//+   - {name: others_on, type: edge, unit: ""}
//+ order: [decides_low desc, decides_high desc, squeezes_high desc, works_low desc, pays desc, hops, party, party_name]
//+ reading: >
//+   Decides: above one half alone, by votes, seats, rights or as the maker. Squeezes: how much worse the best way
//+   becomes without what the party alone provides; 1 = nothing is left. Works: share of the commits. Money and law are
//+   no control by themselves. The same numbers are ties. What is not known widens an interval, and makes nobody
//+   stronger.
//+ since: "0.1"
MATCH (p)-[h:HAS_POWER]->(artefact:Framework|Package|Model|Dataset|CloudPlatform|Processor|Norm|Company|Institution|GoverningBody {id: $artefact})
WITH p.id AS id, p.kind AS kind, h.holder AS holder,
  max(CASE WHEN $power = '' THEN h.tie END) AS tie, max(h.owner) AS owner, max(h.owner_name) AS owner_name,
  sum(CASE WHEN h.power = $power OR ($power = '' AND h.listed) THEN 1 ELSE 0 END) AS wanted,
  max(CASE WHEN h.power = 'decides' THEN h.low END) AS d_low, max(CASE WHEN h.power = 'decides' THEN h.high END) AS d_high,
  max(CASE WHEN h.power = 'works' THEN h.low END) AS w_low, max(CASE WHEN h.power = 'works' THEN h.high END) AS w_high,
  max(CASE WHEN h.power = 'squeezes' THEN h.low END) AS s_low, max(CASE WHEN h.power = 'squeezes' THEN h.high END) AS s_high,
  max(CASE WHEN h.power = 'pays' THEN h.amount END) AS money, max(CASE WHEN h.power = 'binds' THEN h.high END) AS law,
  max(CASE WHEN h.power = 'decides' THEN h.reason END) AS d_why, max(CASE WHEN h.power = 'works' THEN h.reason END) AS w_why,
  max(CASE WHEN h.power = 'squeezes' THEN h.reason END) AS s_why,
  max(CASE WHEN h.power IN ['pays', 'binds'] THEN h.reason END) AS o_why,
  max(CASE WHEN h.power = 'decides' THEN h.hops END) AS d_hops, max(CASE WHEN h.power = 'squeezes' THEN h.hops END) AS s_hops,
  min(h.hops) AS any_hops, min(h.confidence) AS sure,
  max(CASE WHEN h.power = 'decides' THEN h.basis END) AS d_basis, max(CASE WHEN h.power = 'works' THEN h.basis END) AS w_basis,
  max(CASE WHEN h.power = 'squeezes' THEN h.basis END) AS s_basis,
  max(CASE WHEN h.power IN ['pays', 'binds'] THEN h.basis END) AS o_basis
WHERE wanted > 0
// those who tie are one row, without a party
WITH CASE WHEN tie IS NULL THEN id END AS party, CASE WHEN tie IS NULL THEN holder ELSE tie END AS party_name,
  max(CASE WHEN tie IS NULL THEN kind END) AS party_kind, count(id) AS parties,
  min(d_low) AS decides_low, max(d_high) AS decides_high, max(w_low) AS works_low, max(w_high) AS works_high,
  max(s_low) AS squeezes_low, max(s_high) AS squeezes_high, max(money) AS pays, max(law) AS binds,
  max(CASE WHEN tie IS NULL THEN owner END) AS owner, max(CASE WHEN tie IS NULL THEN owner_name END) AS owner_name,
  min(d_why) AS decides_by, max(w_why) AS works_by, max(s_why) AS squeezes_by, max(o_why) AS others_by,
  min(coalesce(d_hops, s_hops, any_hops)) AS hops, min(sure) AS weakest,
  max(d_basis) AS decides_on, max(w_basis) AS works_on, max(s_basis) AS squeezes_on, max(o_basis) AS others_on
RETURN party, party_name, party_kind, parties, decides_low, decides_high, works_low, works_high, squeezes_low, squeezes_high,
  pays, binds, owner, owner_name, decides_by, works_by, squeezes_by, others_by, hops, weakest,
  decides_on, works_on, squeezes_on, others_on
ORDER BY coalesce(decides_low, -1.0) DESC, coalesce(decides_high, -1.0) DESC, coalesce(squeezes_high, -1.0) DESC,
  coalesce(works_low, -1.0) DESC, coalesce(pays, -1.0) DESC, hops, coalesce(party, ''), party_name
