//+ id: Q09
//+ summary: Which frameworks can a single company put under another licence?
//+ description: >
//+   Frameworks over which one company, and nobody else, holds the right to relicense, with what depends on them directly.
//+   `owner` is the topmost holder of a sure majority of the votes of the company. Several licences, or several sources
//+   for the right, give several rows. The elephant factor is that of all time; where several counts exist, the widest.
//+ tags: [ospo, cto]
//+ params: {}
//+ columns:
//+   - {name: framework, type: entity, unit: ""}
//+   - {name: framework_name, type: string, unit: ""}
//+   - {name: company, type: entity, unit: ""}
//+   - {name: company_name, type: string, unit: ""}
//+   - {name: owner, type: entity, unit: ""}
//+   - {name: owner_name, type: string, unit: ""}
//+   - {name: cla, type: string, unit: "none, dco, cla_single_firm or cla_foundation"}
//+   - {name: licence, type: entity, unit: ""}
//+   - {name: licence_name, type: string, unit: ""}
//+   - {name: dependents, type: integer, unit: "frameworks and models that need it directly"}
//+   - {name: elephant_low, type: integer, unit: "organisations that together do half of the work"}
//+   - {name: elephant_high, type: integer, unit: "organisations"}
//+   - {name: coverage, type: double, unit: "fraction of the commits with a known employer"}
//+   - {name: edge, type: edge, unit: ""}
//+ order: [dependents desc, framework, company, licence, edge]
//+ reading: >
//+   Red: elephant factor 1, a licence agreement with the single firm, and many dependents. Versions already published keep
//+   their licence. A null elephant factor or licence is unknown.
//+ since: "0.1"
MATCH (firm:Company)-[g:GOVERNS]->(project:Framework)
WHERE 'relicense' IN g.rights AND NOT EXISTS {
  MATCH (other)-[h:GOVERNS]->(project) WHERE 'relicense' IN h.rights AND other.id <> firm.id
}
OPTIONAL MATCH (near:Framework|Model)-[:DEPENDS_ON]->(project) WHERE near.id <> project.id
WITH firm, g, project, count(DISTINCT near.id) AS dependents
OPTIONAL MATCH (worker:Company|Institution)-[s:CONTRIBUTION_SHARE]->(project) WHERE s.window = 'all'
WITH firm, g, project, dependents, min(s.elephant_low) AS elephant_low, max(s.elephant_high) AS elephant_high,
  min(s.coverage) AS coverage
OPTIONAL MATCH (project)-[:LICENSED_UNDER]->(terms:License)
WITH DISTINCT firm, g, project, dependents, elephant_low, elephant_high, coverage, terms
// the topmost sure owner: nobody surely above it, in a circle the first by id
OPTIONAL MATCH (above:Company|Institution|Contributor)-[a:ULTIMATELY_CONTROLS]->(firm)
WHERE a.certainty = 'sure' AND NOT EXISTS {
  MATCH (higher:Company|Institution|Contributor)-[b:ULTIMATELY_CONTROLS]->(above)
  WHERE b.certainty = 'sure' AND (higher.id < above.id OR NOT EXISTS {
    MATCH (above)-[c:ULTIMATELY_CONTROLS]->(higher) WHERE c.certainty = 'sure'
  })
}
RETURN project.id AS framework, project.name AS framework_name, firm.id AS company, firm.name AS company_name,
  above.id AS owner, above.name AS owner_name, project.cla AS cla, terms.id AS licence, terms.name AS licence_name,
  dependents, elephant_low, elephant_high, coverage, g.key AS edge
ORDER BY dependents DESC, framework, company, coalesce(licence, ''), edge
