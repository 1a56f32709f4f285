import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = 'ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin';

const UP = [
  `CREATE TABLE IF NOT EXISTS event_segments (
    id bigint NOT NULL AUTO_INCREMENT,
    replica varchar(36) NOT NULL,
    epoch bigint NOT NULL,
    number bigint NOT NULL,
    first_seq bigint NOT NULL,
    events int NOT NULL,
    bytes bigint NOT NULL,
    created_at bigint NOT NULL,
    min_at bigint NOT NULL,
    max_at bigint NOT NULL,
    body longtext NOT NULL,
    opened longtext NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_event_segments_number (replica, epoch, number),
    INDEX ix_event_segments_created_at (created_at)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS event_bodies (
    uuid varchar(36) NOT NULL,
    segment_id bigint NOT NULL,
    project_id varchar(36) NOT NULL,
    created_at bigint NOT NULL,
    bytes bigint NOT NULL,
    request longtext NULL,
    response longtext NULL,
    PRIMARY KEY (uuid),
    INDEX ix_event_bodies_segment_id (segment_id),
    INDEX ix_event_bodies_created_at (created_at),
    INDEX ix_event_bodies_project_id (project_id, created_at)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS event_marks (
    replica varchar(36) NOT NULL,
    epoch bigint NOT NULL,
    batch bigint NOT NULL,
    rolled_segment bigint NOT NULL,
    open_segment bigint NOT NULL,
    marked_at bigint NOT NULL,
    PRIMARY KEY (replica)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS event_sinks (
    sink varchar(64) NOT NULL,
    registered_at bigint NOT NULL,
    holder varchar(36) NULL,
    held_until bigint NULL,
    PRIMARY KEY (sink)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS event_pending (
    sink varchar(64) NOT NULL,
    segment_id bigint NOT NULL,
    PRIMARY KEY (sink, segment_id)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS event_dead (
    sink varchar(64) NOT NULL,
    event_id varchar(200) NOT NULL,
    reason varchar(500) NOT NULL,
    tries int NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    line longtext NOT NULL,
    PRIMARY KEY (sink, event_id)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS event_notices (
    id varchar(200) NOT NULL,
    sent_at bigint NOT NULL,
    PRIMARY KEY (id)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS usage_quarters (
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
    PRIMARY KEY (quarter, project_id, token_id, model, route, tier)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS work_open (
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
    PRIMARY KEY (work_key),
    INDEX ix_work_open_deadline (deadline)
  ) ${TABLE}`,
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
const DOWN = TABLES.map((table) => `DROP TABLE IF EXISTS ${table}`);

/** Events, what sinks have not taken of them, and sums of usage. Every statement can be repeated, so an interrupted run can be too. */
export class Events1795200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
