//+ id: Q23
//+ summary: Which industries lean on this?
//+ description: >
//+   Per industry: its organisations that are known to use anything of the stack, and those of them that use the artefact
//+   itself or something that needs it, over one or two steps. A step is: depends on it (not as an option), runs on it,
//+   or sells it as a managed service. Alternatives are not looked at: this is exposure, not breakage.
//+ tags: [regulator, investor]
//+ params:
//+   artefact:
//+     type: entity
//+     kinds: [Framework, Model, CloudPlatform, Processor, Dataset, Norm, Package]
//+     example: pytorch
//+     about: what might be missing
//+ columns:
//+   - {name: industry, type: entity, unit: ""}
//+   - {name: industry_name, type: string, unit: ""}
//+   - {name: adopters, type: integer, unit: "organisations known to use anything"}
//+   - {name: dependent, type: integer, unit: "of these, organisations that lean on it"}
//+   - {name: share, type: double, unit: "fraction of the adopters"}
//+ order: [share desc, industry]
//+ reading: >
//+   Above one half the industry as known leans on it. Few adopters are known per industry: read the count before the
//+   share. An industry without known adopters is not listed.
//+ since: "0.1"
//+ says: "{industry_name} leans on it most: {dependent} of {adopters} known adopters; {n} industries have any."
MATCH (thing:Framework|Model|CloudPlatform|Processor|Dataset|Norm|Package {id: $artefact})
MATCH (branch:Industry)<-[:IN_INDUSTRY]-(adopter:Company|Institution)-[:USES]->(used)
WITH DISTINCT thing, branch, adopter, used
WITH branch, adopter, CASE WHEN used.id = thing.id
  OR EXISTS { MATCH (used)-[a:DEPENDS_ON|RUNS_ON]->(thing) WHERE coalesce(a.kind, '') <> 'optional' }
  OR EXISTS { MATCH (used)-[b:OFFERS]->(thing) WHERE b.managed }
  OR EXISTS {
    MATCH (used)-[c:DEPENDS_ON|RUNS_ON]->(between)-[d:DEPENDS_ON|RUNS_ON]->(thing)
    WHERE coalesce(c.kind, '') <> 'optional' AND coalesce(d.kind, '') <> 'optional'
  }
  OR EXISTS {
    MATCH (used)-[e:OFFERS]->(between)-[f:DEPENDS_ON|RUNS_ON]->(thing)
    WHERE e.managed AND coalesce(f.kind, '') <> 'optional'
  }
  OR EXISTS {
    MATCH (used)-[g:DEPENDS_ON|RUNS_ON]->(between)-[h:OFFERS]->(thing)
    WHERE coalesce(g.kind, '') <> 'optional' AND h.managed
  }
  THEN adopter.id END AS leaning
WITH branch, count(DISTINCT adopter.id) AS adopters, count(DISTINCT leaning) AS dependent
RETURN branch.id AS industry, branch.name AS industry_name, adopters, dependent, 1.0 * dependent / adopters AS share
ORDER BY share DESC, industry
