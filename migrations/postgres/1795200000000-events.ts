import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE event_segments (
    id bigserial NOT NULL,
    replica varchar(36) NOT NULL,
    epoch bigint NOT NULL,
    number bigint NOT NULL,
    first_seq bigint NOT NULL,
    events integer NOT NULL,
    bytes bigint NOT NULL,
    created_at bigint NOT NULL,
    min_at bigint NOT NULL,
    max_at bigint NOT NULL,
    body text NOT NULL,
    opened text,
    CONSTRAINT pk_event_segments PRIMARY KEY (id)
  )`,
  `CREATE UNIQUE INDEX uq_event_segments_number ON event_segments (replica, epoch, number)`,
  `CREATE INDEX ix_event_segments_created_at ON event_segments (created_at)`,
  `CREATE TABLE event_bodies (
    uuid varchar(36) NOT NULL,
    segment_id bigint NOT NULL,
    project_id varchar(36) NOT NULL,
    created_at bigint NOT NULL,
    bytes bigint NOT NULL,
    request text,
    response text,
    CONSTRAINT pk_event_bodies PRIMARY KEY (uuid)
  )`,
  `CREATE INDEX ix_event_bodies_segment_id ON event_bodies (segment_id)`,
  `CREATE INDEX ix_event_bodies_created_at ON event_bodies (created_at)`,
  `CREATE INDEX ix_event_bodies_project_id ON event_bodies (project_id, created_at)`,
  `CREATE TABLE event_marks (
    replica varchar(36) NOT NULL,
    epoch bigint NOT NULL,
    batch bigint NOT NULL,
    rolled_segment bigint NOT NULL,
    open_segment bigint NOT NULL,
    marked_at bigint NOT NULL,
    CONSTRAINT pk_event_marks PRIMARY KEY (replica)
  )`,
  `CREATE TABLE event_sinks (
    sink varchar(64) NOT NULL,
    registered_at bigint NOT NULL,
    holder varchar(36),
    held_until bigint,
    CONSTRAINT pk_event_sinks PRIMARY KEY (sink)
  )`,
  `CREATE TABLE event_pending (
    sink varchar(64) NOT NULL,
    segment_id bigint NOT NULL,
    CONSTRAINT pk_event_pending PRIMARY KEY (sink, segment_id)
  )`,
  `CREATE TABLE event_dead (
    sink varchar(64) NOT NULL,
    event_id varchar(200) NOT NULL,
    reason varchar(500) NOT NULL,
    tries integer NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    line text NOT NULL,
    CONSTRAINT pk_event_dead PRIMARY KEY (sink, event_id)
  )`,
  `CREATE TABLE event_notices (
    id varchar(200) NOT NULL,
    sent_at bigint NOT NULL,
    CONSTRAINT pk_event_notices PRIMARY KEY (id)
  )`,
  `CREATE TABLE usage_quarters (
    quarter bigint NOT NULL,
    project_id varchar(36) NOT NULL,
    token_id varchar(36) NOT NULL,
    model varchar(120) NOT NULL,
    route varchar(32) NOT NULL,
    tier varchar(32) NOT NULL,
    requests bigint NOT NULL DEFAULT 0,
    errors bigint NOT NULL DEFAULT 0,
    unknown bigint NOT NULL DEFAULT 0,
    unpriced bigint NOT NULL DEFAULT 0,
    estimated bigint NOT NULL DEFAULT 0,
    input_tokens bigint NOT NULL DEFAULT 0,
    cached_tokens bigint NOT NULL DEFAULT 0,
    cache_write_tokens bigint NOT NULL DEFAULT 0,
    cache_write_12h_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    reasoning_tokens bigint NOT NULL DEFAULT 0,
    accepted_prediction_tokens bigint NOT NULL DEFAULT 0,
    rejected_prediction_tokens bigint NOT NULL DEFAULT 0,
    audio_input_tokens bigint NOT NULL DEFAULT 0,
    image_input_tokens bigint NOT NULL DEFAULT 0,
    audio_output_tokens bigint NOT NULL DEFAULT 0,
    image_output_tokens bigint NOT NULL DEFAULT 0,
    cached_audio_tokens bigint NOT NULL DEFAULT 0,
    cached_image_tokens bigint NOT NULL DEFAULT 0,
    total_tokens bigint NOT NULL DEFAULT 0,
    duration_ms bigint NOT NULL DEFAULT 0,
    trained_tokens bigint NOT NULL DEFAULT 0,
    cost_nano bigint NOT NULL DEFAULT 0,
    estimated_cost_nano bigint NOT NULL DEFAULT 0,
    estimated_input bigint NOT NULL DEFAULT 0,
    estimated_output bigint NOT NULL DEFAULT 0,
    CONSTRAINT pk_usage_quarters PRIMARY KEY (quarter, project_id, token_id, model, route, tier)
  )`,
  `CREATE TABLE work_open (
    work_key varchar(200) NOT NULL,
    kind varchar(16) NOT NULL,
    project_id varchar(36) NOT NULL,
    token_id varchar(36) NOT NULL,
    tier varchar(32) NOT NULL,
    model varchar(200) NOT NULL,
    uuid varchar(36) NOT NULL,
    request_id varchar(200) NOT NULL,
    route varchar(32) NOT NULL,
    made_at bigint NOT NULL,
    deadline bigint NOT NULL,
    CONSTRAINT pk_work_open PRIMARY KEY (work_key)
  )`,
  `CREATE INDEX ix_work_open_deadline ON work_open (deadline)`,
  // Rows come and go by the thousand: dead ones are to go soon. Sums change in place.
  `ALTER TABLE event_segments SET (autovacuum_vacuum_scale_factor = 0.01)`,
  `ALTER TABLE event_bodies SET (autovacuum_vacuum_scale_factor = 0.01)`,
  `ALTER TABLE event_pending SET (autovacuum_vacuum_scale_factor = 0.01)`,
  `ALTER TABLE usage_quarters SET (fillfactor = 70)`,
];

const TABLES = [
  'work_open',
  'usage_quarters',
  'event_notices',
  'event_dead',
  'event_pending',
  'event_sinks',
  'event_marks',
  'event_bodies',
  'event_segments',
];
const DOWN = TABLES.map((table) => `DROP TABLE ${table}`);

/** Events, what sinks have not taken of them, and sums of usage. */
export class Events1795200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
