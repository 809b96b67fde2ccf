/** What the JSON API answers. */

export type Cell = string | number | boolean | null | Cell[];
export type Row = Record<string, Cell>;

export interface Column {
  name: string;
  type: string;
  unit: string;
}

export interface Evidence {
  key: string;
  relation: string;
  source: string;
  target: string;
  source_kind?: string;
  target_kind?: string;
  valid_from?: string;
  valid_from_precision?: string;
  valid_to?: string;
  valid_to_precision?: string;
  confidence: number;
  method: string;
  status: string;
  stated?: string;
  note?: string;
  licence?: string;
  partition?: string;
  at?: string;
  url?: string;
  urls?: string[];
  complete?: boolean;
}

export interface Hop {
  source: string;
  target: string;
  power: string;
  low: number | null;
  high: number | null;
  amount: number | null;
  /** The power and its value in words. */
  label: string;
  reason: string;
  /** Of the statements behind it. */
  keys: string[];
  confidence: number;
}

/** A number behind an answer, and how far it can be trusted. */
export interface Measure {
  name: string;
  value: number | null;
  unit: string;
  low: number | null;
  high: number | null;
  n: number | null;
  coverage: number | null;
}

export interface Answer {
  question: string;
  as_of: string | null;
  snapshot: string | null;
  parameters: Record<string, Cell>;
  columns: Column[];
  rows: Row[];
  complete: boolean;
  incomplete_sources: string[];
  notes: string[];
  summary?: string;
  measures?: Measure[];
  unknown?: string[];
  weakest?: Evidence;
  sources?: string[];
  evidence?: Record<string, Evidence>;
  hops?: Hop[][];
  names?: Record<string, string>;
}

export interface PictureNode {
  id: string;
  name: string;
  kind: string;
  x: number;
  y: number;
}

export interface PictureEdge {
  source: string;
  target: string;
  key: string;
  label: string;
  power?: string;
  low?: number | null;
  high?: number | null;
}

export interface Picture {
  nodes: PictureNode[];
  edges: PictureEdge[];
}

export interface PathsAnswer extends Answer {
  picture: Picture;
}

export interface Counted {
  name: string;
  about: string;
  count: number;
}

export interface About {
  version: string;
  snapshot: string;
  as_of: string;
  built: string;
  nodes: number;
  edges: number;
  incomplete_sources: string[];
  kinds: Counted[];
  relations: Counted[];
  /** What each power means, in their order. */
  powers: Record<string, string>;
}

export interface Fact {
  text: string;
  question: string;
  parameters: Record<string, Cell>;
  address: string;
  sources: { title: string; url: string }[];
  /** Of the weakest statement behind it. */
  confidence: number | null;
  as_of: string | null;
}

export interface Found {
  id: string;
  kind: string;
  name: string;
  matched: string;
}

/** A power over the entity, or one that it has; `id` and `name` are of the other end. */
export interface Holding {
  id: string;
  name: string;
  kind: string;
  power: string;
  low: number | null;
  high: number | null;
  amount: number | null;
  label: string;
  reason: string;
  hops: number;
  confidence: number;
  party: string;
  holder: string;
  owner: string | null;
  owner_name: string | null;
  through: string[];
  keys: string[];
}

export interface Statement {
  relation: string;
  direction: "in" | "out";
  other: string;
  key: string;
  properties: Record<string, Cell>;
  evidence: Partial<Evidence>;
}

export interface Dossier {
  id: string;
  kind: string;
  as_of: string;
  snapshot: string;
  values: Record<string, Cell>;
  said: Record<string, Cell>[];
  statements: Statement[];
  incomplete_sources: string[];
  holders: Holding[];
  holdings: Holding[];
  evidence: Record<string, Evidence>;
  names?: Record<string, string>;
}

export interface Parameter {
  name: string;
  type: "entity" | "string" | "integer" | "double" | "boolean";
  example: string;
  about: string;
  default: string | number | boolean | null;
  kinds: string[];
  choices: string[];
}

export interface Question {
  name: string;
  id: string;
  summary: string;
  description: string;
  tags: string[];
  parameters: Parameter[];
  columns: Column[];
  reading: string;
  computed: boolean;
  cypher: string | null;
  sparql: string | null;
}

export interface AuditedPackage {
  name: string;
  version: string;
  requested: boolean;
  framework: string | null;
  framework_name: string | null;
  publisher: string | null;
  publisher_name: string | null;
  publisher_sort: string | null;
  confidence: number | null;
  sign: string;
  evidence: string;
  decider: string | null;
  licences: string[];
  proprietary: boolean | null;
}

export interface AuditedModel {
  name: string;
  version: string;
  kind: "Model" | "Dataset";
  requested: boolean;
  entity: string | null;
  entity_name: string | null;
  makers: string[];
  decider: string | null;
  licences: string[];
  restrictions: string[];
  trained_on: string[];
  data_disclosed: boolean | null;
  evidence: string;
  keys: string[];
}

export interface AuditedFramework {
  id: string;
  name: string;
  packages: string[];
  licences: string[];
  governors: [string, string[]][];
  relicensors: string[];
  decider: string | null;
  keys: string[];
}

/** What a party decides on one framework, model or data set of the application. */
export interface Share {
  id: string;
  name: string;
  things: string[];
  low: number;
  high: number;
  reason: string;
}

export interface Decider {
  rank: number;
  tied: boolean;
  id: string;
  name: string;
  owner: string | null;
  owner_name: string | null;
  /** Packages, models and data sets on which it surely decides alone. */
  surely: string[];
  in_part: string[];
  /** Number of those on which it could decide alone. */
  at_most: number;
  proprietary: number;
  shares: Share[];
  keys: string[];
}

export interface Squeezer {
  id: string;
  name: string;
  owner: string | null;
  owner_name: string | null;
  low: number;
  high: number;
  reasons: string[];
  packages: string[];
  keys: string[];
}

export interface Upkeep {
  framework: string;
  name: string;
  packages: string[];
  support: string | null;
  support_since: string | null;
  window: string;
  total: number | null;
  coverage: number | null;
  elephant: [number, number] | null;
  leader: string | null;
  leader_share: [number, number] | null;
  bus: [number, number] | null;
  keys: string[];
}

export interface Bond {
  name: string;
  kind: "licence" | "law";
  terms: string;
  restrictions: string[];
  things: string[];
  bearer: string;
  keys: string[];
}

export interface Running {
  stated: string[];
  silent: string[];
  chips: { id: string; name: string; category: string; makers: string[]; tier: string; clouds: string[] }[];
  makers: string[];
  narrowed_by: string[];
  makers_without: string[];
  sole_operator: string | null;
}

/** An application by the five powers over it. */
export interface Audit {
  file: string;
  as_of: string;
  snapshot: string;
  headline: string[];
  packages: AuditedPackage[];
  models: AuditedModel[];
  frameworks: AuditedFramework[];
  deciders: Decider[];
  deciders_unsure: number;
  squeezers: Squeezer[];
  pairs: { names: [string, string] }[];
  rests_on: Upkeep[];
  bound_by: Bond[];
  running: Running;
  findings: { rule: string; message: string; packages: string[] }[];
  publishers: { publisher: string | null; sort: string | null; packages: number; proprietary: number; open: number; licence_unknown: number }[];
  unknown: string[];
  refused: [string, string, string][];
  incomplete_sources: string[];
  notes: string[];
  evidence: Record<string, Evidence>;
}

export interface OverviewMap {
  nodes: { id: string; name: string; kind: string; x: number; y: number; size: number; group: number }[];
  edges: [number, number, string][];
}

export interface SnapshotEntry {
  hash: string;
  built: string;
  current: boolean;
}
