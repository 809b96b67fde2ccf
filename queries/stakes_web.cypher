//+ id: Q05
//+ summary: Which firms hold stakes in, or fund, several other firms at once?
//+ description: >
//+   Companies with minority stakes in, or money given to, at least so many other companies: one row per tie and source.
//+   Left out: stakes with more than half of the votes, and companies that the holder surely controls through others.
//+   Holders are taken as stated, so a parent and its subsidiary stand apart.
//+ tags: [regulator, investor]
//+ params:
//+   least: {type: integer, example: 2, default: 2, least: 1, about: least number of companies held at once}
//+ columns:
//+   - {name: holder, type: entity, unit: ""}
//+   - {name: holder_name, type: string, unit: ""}
//+   - {name: rivals, type: integer, unit: "companies held or funded at once"}
//+   - {name: target, type: entity, unit: ""}
//+   - {name: target_name, type: string, unit: ""}
//+   - {name: tie, type: string, unit: "OWNS or FUNDS"}
//+   - {name: kind, type: string, unit: "of the money given, or BODS code of the interest held"}
//+   - {name: equity, type: double, unit: "fraction of the capital"}
//+   - {name: votes, type: double, unit: "fraction of the votes"}
//+   - {name: amount, type: double, unit: "currency"}
//+   - {name: currency, type: string, unit: "ISO 4217"}
//+   - {name: cloud_commitment, type: boolean, unit: "the money is to be spent on the giver's cloud"}
//+   - {name: exclusive, type: boolean, unit: "exclusivity, or a right to be consulted"}
//+   - {name: since, type: date, unit: ""}
//+   - {name: confidence, type: double, unit: probability}
//+   - {name: edge, type: edge, unit: ""}
//+ order: [rivals desc, holder, target, edge]
//+ reading: >
//+   Two rivals held at once is a flag (the CMA counted more than 90 such ties among makers of foundation models in 2024).
//+   Equity without votes carries no vote, but a cloud commitment or exclusivity may carry more. Votes that are null are
//+   not stated: a majority may hide behind them.
//+ since: "0.1"
//+ says: "{holder_name} holds or funds {rivals} other companies, the most of all; {n} ties are stated."
MATCH (investor:Company)-[s:OWNS|FUNDS]->(firm:Company)
WHERE investor.id <> firm.id AND coalesce(s.votes, 0.0) <= 0.5 AND NOT EXISTS {
  MATCH (investor)-[u:ULTIMATELY_CONTROLS]->(firm) WHERE u.certainty = 'sure'
}
WITH investor, count(DISTINCT firm.id) AS rivals WHERE rivals >= $least
MATCH (investor)-[t:OWNS|FUNDS]->(held:Company)
WHERE investor.id <> held.id AND coalesce(t.votes, 0.0) <= 0.5 AND NOT EXISTS {
  MATCH (investor)-[u:ULTIMATELY_CONTROLS]->(held) WHERE u.certainty = 'sure'
}
RETURN investor.id AS holder, investor.name AS holder_name, rivals, held.id AS target, held.name AS target_name,
  CASE WHEN EXISTS { MATCH (investor)-[o:OWNS]->(held) WHERE o.key = t.key } THEN 'OWNS' ELSE 'FUNDS' END AS tie,
  coalesce(t.kind, t.interest) AS kind, t.equity AS equity, t.votes AS votes, t.amount AS amount, t.currency AS currency,
  t.cloud_commitment AS cloud_commitment, t.exclusive AS exclusive, t.valid_from AS since, t.confidence AS confidence,
  t.key AS edge
ORDER BY rivals DESC, holder, target, edge
