//+ id: Q08
//+ summary: How concentrated is the work on a framework, or on each?
//+ description: >
//+   Shares of organisations in the commits of a window, from the employers known for each month; one row per framework
//+   and leading organisation, so a tie for the lead gives several. Low and high bound what the unknown commits can
//+   change: all of them with the leader, or none. Where several counts exist, the largest is taken.
//+ tags: [ospo]
//+ params:
//+   framework: {type: entity, kinds: [Framework], example: deepspeed, default: "", about: "one framework; empty = all"}
//+   window: {type: string, example: all, default: all, pattern: "all|[0-9]{4}", about: "`all`, or a year such as 2025"}
//+ columns:
//+   - {name: framework, type: entity, unit: ""}
//+   - {name: framework_name, type: string, unit: ""}
//+   - {name: commits, type: integer, unit: "commits, automation left out"}
//+   - {name: coverage, type: double, unit: "fraction of the commits with a known employer"}
//+   - {name: top, type: entity, unit: ""}
//+   - {name: top_name, type: string, unit: ""}
//+   - {name: top_low, type: double, unit: "fraction of the commits"}
//+   - {name: top_high, type: double, unit: "fraction of the commits"}
//+   - {name: hhi_low, type: double, unit: "0 to 1, sum of squared shares"}
//+   - {name: hhi_high, type: double, unit: "0 to 1"}
//+   - {name: elephant_low, type: integer, unit: "organisations that together do half"}
//+   - {name: elephant_high, type: integer, unit: "organisations"}
//+   - {name: organisations, type: integer, unit: "organisations listed"}
//+ order: [elephant_high, top_low desc, commits desc, framework, top]
//+ reading: >
//+   An elephant factor of 1 is red: one organisation does half of the work. Above 0.18 the index is called highly
//+   concentrated (US merger guidelines 2023). Below a coverage of 0.7 only the interval means anything. Both ends of the
//+   index lack the organisations that the counts do not list (below 1 %), so they are slightly low.
//+ since: "0.1"
MATCH (anyone)-[c:CONTRIBUTION_SHARE]->(project:Framework)
WHERE c.window = $window AND ($framework = '' OR project.id = $framework)
WITH project, max(c.total) AS commits
MATCH (someone)-[d:CONTRIBUTION_SHARE]->(project)
WHERE d.window = $window AND d.total = commits AND d.share IS NOT NULL
WITH project, commits, someone.id AS organisation, max(d.share) AS share, min(d.coverage) AS covered,
  min(d.elephant_low) AS low, max(d.elephant_high) AS high
WITH project, commits, min(covered) AS coverage, max(share) AS most, sum(share * share) AS squares,
  min(low) AS elephant_low, max(high) AS elephant_high, count(organisation) AS organisations
MATCH (leader)-[e:CONTRIBUTION_SHARE]->(project)
WHERE e.window = $window AND e.total = commits AND e.share = most
WITH DISTINCT project, commits, coverage, most, squares, elephant_low, elephant_high, organisations, leader,
  most + 1.0 - coverage AS upper
RETURN project.id AS framework, project.name AS framework_name, commits, coverage, leader.id AS top,
  leader.name AS top_name, most AS top_low, upper AS top_high, squares AS hhi_low,
  squares - most * most + upper * upper AS hhi_high, elephant_low, elephant_high, organisations
ORDER BY coalesce(elephant_high, 1000000), top_low DESC, commits DESC, framework, top
