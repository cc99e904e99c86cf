//! Statements and what they do, by dialect.

use super::*;
use crate::effect::Effect;
use crate::payload::Carried;
use crate::span::Span;

use Dialect::{Clickhouse, Cql, Duckdb, Generic, Influx, Mysql, Postgres, SqlServer, Sqlite};

fn judge(dialect: Dialect, text: &str) -> Outcome {
    read(dialect, &Text::request(text))
}

fn all(class: Class, cases: &[(Dialect, &str)]) {
    for (dialect, text) in cases {
        let outcome = judge(*dialect, text);
        assert_eq!(outcome.class, class, "{dialect:?}: {text}\n{:?}", outcome.findings);
    }
}

#[test]
fn reading_changes_nothing() {
    all(
        Class::ReadOnly,
        &[
            (Postgres, "SELECT count(*) FROM orders"),
            (Postgres, "select now(); show server_version;"),
            (Postgres, "SELECT * FROM t WHERE title = 'DROP TABLE users'"),
            (Postgres, "SELECT deleted_at, dropped FROM shipments LIMIT 5"),
            (Postgres, "SELECT \"delete\", \"update\" FROM permissions"),
            (Postgres, "SELECT id, delete FROM permissions"),
            (Postgres, "SELECT a AS delete FROM permissions"),
            (Postgres, "EXPLAIN DELETE FROM sessions"),
            (Postgres, "EXPLAIN (FORMAT json) DELETE FROM sessions"),
            (Postgres, "EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM orders"),
            (Postgres, "EXPLAIN (ANALYZE false) DELETE FROM sessions"),
            (Mysql, "DESCRIBE DELETE FROM t"),
            (Postgres, "/* DELETE FROM users; */ SELECT 1 -- ; DROP TABLE users"),
            (Postgres, "COPY (SELECT id FROM users) TO STDOUT CSV HEADER"),
            (Postgres, "WITH x AS (SELECT 1) SELECT * FROM x"),
            (Postgres, "SELECT * FROM t FOR UPDATE SKIP LOCKED"),
            (Postgres, "BEGIN; SELECT 1; COMMIT"),
            (Postgres, "SET search_path = a; RESET ALL; DISCARD ALL"),
            (Postgres, "DO $$ BEGIN RAISE NOTICE 'DROP TABLE'; END $$"),
            (Postgres, "\\d+ orders"),
            (Postgres, "\\timing on\nSELECT 1;\n\\x\n\\dt public.*"),
            (Postgres, "SELECT set_config('a', 'b', false), set_bit(x, 1, 0)"),
            (Postgres, "SELECT format('DROP TABLE %I', tablename) FROM pg_tables"),
            (Postgres, "SELECT * FROM users WHERE id = \u{FFFC} LIMIT \u{FFFC}"),
            (Postgres, "SELECT * FROM \u{FFFC}"),
            (Mysql, "SELECT TRUNCATE(price, 2), REPLACE(name, 'a', 'b'), INSERT('a', 1, 1, 'b') FROM items"),
            (Mysql, "SHOW CREATE TABLE users; DESCRIBE orders; USE shop"),
            (Mysql, "SELECT 'it\\'s; DROP TABLE x'"),
            (Mysql, "SELECT 1 INTO @x"),
            (Sqlite, ".tables"),
            (Sqlite, ".mode csv\n.headers on\nSELECT 1;"),
            (Sqlite, "PRAGMA integrity_check; PRAGMA table_info(users); PRAGMA foreign_keys = ON"),
            (Sqlite, "SELECT json_remove(a, '$.b') FROM t"),
            (Duckdb, "FROM 'a.parquet' SELECT avg(price)"),
            (Duckdb, "SUMMARIZE t"),
            (SqlServer, "SELECT name FROM sys.databases\nGO\nEXEC sp_help 'users'"),
            (SqlServer, "SELECT [delete], [drop] FROM [permissions]"),
            (Clickhouse, "SHOW TABLES FROM metrics"),
            (Cql, "DESCRIBE KEYSPACES; SELECT * FROM ks.users; CONSISTENCY QUORUM"),
            (Generic, "SELECT COUNT(1) FROM `a.b.c` WHERE x = \"it's\" # DROP"),
            (Generic, "SELECT 'O\\'Brien' FROM t"),
            (Influx, "SHOW MEASUREMENTS"),
        ],
    );
}

#[test]
fn changing_is_mutating() {
    all(
        Class::Mutating,
        &[
            (Postgres, "INSERT INTO flags(name, on_) VALUES ('beta', true)"),
            (Postgres, "INSERT INTO audit(action) VALUES ('DELETE FROM users')"),
            (Postgres, "INSERT INTO purge (a) VALUES (1)"),
            (Postgres, "UPDATE users SET plan = 'pro' WHERE id = 42"),
            (Postgres, "UPDATE users SET settings = '{}' WHERE id = 1"),
            (Postgres, "UPDATE users SET plan = 'pro' WHERE id = \u{FFFC}"),
            (Postgres, "UPDATE a SET x = CASE WHEN y THEN 1 END WHERE id = 1 RETURNING *"),
            (Postgres, "CREATE TABLE dropped_carts (id serial primary key, delete boolean)"),
            (Postgres, "CREATE TABLE t (a int REFERENCES b(id) ON DELETE CASCADE ON UPDATE SET NULL)"),
            (Postgres, "ALTER TABLE users ADD COLUMN deleted_at timestamptz"),
            (Postgres, "ALTER TABLE users RENAME COLUMN mail TO email"),
            (Postgres, "CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ DELETE FROM t $$ LANGUAGE sql"),
            (Postgres, "CREATE OR REPLACE VIEW v AS SELECT 1"),
            (Postgres, "CREATE TRIGGER t BEFORE DELETE OR UPDATE ON x FOR EACH ROW EXECUTE FUNCTION f()"),
            (Postgres, "CREATE INDEX CONCURRENTLY i ON orders(user_id)"),
            (Postgres, "INSERT INTO kv VALUES ('a',1) ON CONFLICT (k) DO UPDATE SET v = excluded.v"),
            (Postgres, "EXPLAIN ANALYZE UPDATE users SET seen = now() WHERE id = 1"),
            (Postgres, "VACUUM (ANALYZE) orders"),
            (Postgres, "SELECT * INTO orders_2024 FROM orders"),
            (Postgres, "SELECT nextval('s')"),
            (Postgres, "SELECT refresh_totals()"),
            (Postgres, "\\copy users FROM 'users.csv' CSV"),
            (Postgres, "\\copy (select 1) to 'x.csv'"),
            (Postgres, "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = 1"),
            (Mysql, "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 2"),
            (Mysql, "REPLACE INTO settings VALUES ('theme', 'dark')"),
            (Mysql, "LOAD DATA LOCAL INFILE 'items.csv' INTO TABLE items"),
            (Mysql, "UPDATE t SET x = IF(a, 1, 2) WHERE id = 3"),
            (Sqlite, "PRAGMA user_version = 7; PRAGMA journal_mode(wal)"),
            (Sqlite, ".backup backup.db"),
            (Sqlite, "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; UPDATE c SET d = 1; END; SELECT 1"),
            (SqlServer, "UPDATE STATISTICS dbo.Users"),
            (SqlServer, "UPDATE dbo.Users SET Active = 1 WHERE Id = 9 SELECT 1"),
            (Duckdb, "COPY (SELECT 1) TO 'a.parquet' (FORMAT parquet)"),
            (Clickhouse, "OPTIMIZE TABLE metrics.events FINAL"),
            (Generic, "UNDROP TABLE sales"),
            (Cql, "INSERT INTO ks.users (id) VALUES (1)"),
        ],
    );
}

#[test]
fn losing_is_destructive() {
    let cases = [
        (Postgres, "DROP TABLE users", Effect::Drop),
        (Postgres, "drop  table if exists users cascade", Effect::Drop),
        (Postgres, "SELECT 1; TRUNCATE orders RESTART IDENTITY", Effect::Drop),
        (Postgres, "DELETE FROM sessions WHERE expires < now()", Effect::Drop),
        (Postgres, "UPDATE users SET plan = 'free' -- WHERE id = 42", Effect::Drop),
        (Postgres, "UPDATE users SET note = 'where is it'", Effect::Drop),
        (Postgres, "UPDATE a SET x = (SELECT y FROM b WHERE b.id = 1)", Effect::Drop),
        (Postgres, "UPDATE users SET active = false WHERE 1 = 1", Effect::Drop),
        (Postgres, "UPDATE users SET active = false WHERE \u{FFFC}", Effect::Drop),
        (Postgres, "ALTER TABLE users DROP COLUMN email", Effect::Drop),
        (Postgres, "WITH gone AS (DELETE FROM s RETURNING *) SELECT count(*) FROM gone", Effect::Drop),
        (Postgres, "WITH a AS (SELECT 1) DELETE FROM s", Effect::Drop),
        (Postgres, "WITH a AS (UPDATE t SET x = 1 RETURNING *) SELECT * FROM a", Effect::Drop),
        (Postgres, "EXPLAIN ANALYZE DELETE FROM sessions", Effect::Drop),
        (Postgres, "EXPLAIN (ANALYZE) DELETE FROM sessions", Effect::Drop),
        (Postgres, "EXPLAIN ANALYZE EXECUTE \u{FFFC}", Effect::Opaque),
        (Postgres, "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'users'; END $$", Effect::Drop),
        (
            Postgres,
            "DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP EXECUTE format('DROP TABLE %I', r.t); END LOOP; END $$",
            Effect::Drop,
        ),
        (Postgres, "DO $$ DECLARE q text := 'TRUNCATE a'; BEGIN EXECUTE q; END $$", Effect::Drop),
        (Postgres, "DO $$ BEGIN IF true THEN DELETE FROM x; END IF; END $$", Effect::Drop),
        (Postgres, "DO $$ BEGIN EXECUTE q; END $$", Effect::Opaque),
        (Postgres, "SELECT format('DROP TABLE %I', t) FROM pg_tables \\gexec", Effect::Drop),
        (Postgres, "SELECT q FROM statements \\gexec", Effect::Opaque),
        (Postgres, "PREPARE p AS DELETE FROM t; EXECUTE p", Effect::Drop),
        (
            Postgres,
            "CREATE FUNCTION f() RETURNS void AS $$ DELETE FROM t $$ LANGUAGE sql; SELECT f3(); SELECT f()",
            Effect::Drop,
        ),
        (Postgres, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity", Effect::Disrupt),
        (Postgres, "SELECT delete_user(1)", Effect::Drop),
        (Postgres, "SELECT public.\"purgeOld\"(30)", Effect::Drop),
        (Postgres, "CALL cleanup.drop_old_rows()", Effect::Drop),
        (Postgres, "SELECT dblink_exec('c', 'DROP TABLE x')", Effect::Drop),
        (Postgres, "SELECT cron.schedule('n', '0 0 * * *', 'DELETE FROM x')", Effect::Drop),
        (Postgres, "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE", Effect::Drop),
        (Postgres, "GRANT ALL ON t TO bob", Effect::Persist),
        (Postgres, "CREATE USER bob PASSWORD 'x'", Effect::Persist),
        (Postgres, "ALTER SYSTEM SET fsync = off", Effect::Persist),
        (Postgres, "BEGIN; DELETE FROM a; ROLLBACK", Effect::Drop),
        (Postgres, "\u{FFFC}", Effect::Opaque),
        (Postgres, "\u{FFFC} TABLE users", Effect::Opaque),
        (Postgres, "DR\u{FFFC} TABLE users", Effect::Opaque),
        (Postgres, "SELECT * FROM users \u{FFFC}", Effect::Opaque),
        (Postgres, "SELECT 'open", Effect::Opaque),
        (Postgres, "\\set q 'DROP TABLE x'\n:q;", Effect::Drop),
        (Postgres, "\\copy (DELETE FROM x RETURNING *) TO stdout", Effect::Drop),
        (Postgres, "COPY t FROM stdin;\n1\tDROP TABLE a\n\\.\nDROP TABLE b;", Effect::Drop),
        (Mysql, "SELECT 1; /*!40000 DROP TABLE users */", Effect::Drop),
        (Mysql, "alter table users drop password_hash", Effect::Drop),
        (Mysql, "DELETE t FROM t JOIN s ON t.a = s.a", Effect::Drop),
        (Mysql, "DELIMITER //\nDROP TABLE x//", Effect::Drop),
        (Mysql, "DELIMITER $$\nSELECT 1$$ DROP TABLE x$$", Effect::Drop),
        (Mysql, "SET @q = 'DROP TABLE x'; PREPARE s FROM @q; EXECUTE s", Effect::Drop),
        (Mysql, "SELECT 5--1; DROP TABLE x", Effect::Drop),
        (Mysql, "SELECT 1\\G DROP TABLE x\\g", Effect::Drop),
        (Mysql, "KILL 42", Effect::Disrupt),
        (Mysql, "PURGE BINARY LOGS TO 'x'", Effect::Drop),
        (Mysql, "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t", Effect::Drop),
        (Sqlite, "DELETE FROM events;", Effect::Drop),
        (Sqlite, "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END; DROP TABLE a", Effect::Drop),
        (Sqlite, ".restore backup.db", Effect::Drop),
        (SqlServer, "SELECT 1 DROP TABLE users", Effect::Drop),
        (SqlServer, "IF EXISTS (SELECT 1) DROP TABLE users", Effect::Drop),
        (SqlServer, "IF 1=1 BEGIN DELETE users WHERE id = 1 END", Effect::Drop),
        (SqlServer, "UPDATE a SET x = 1 UPDATE b SET y = 2 WHERE id = 1", Effect::Drop),
        (SqlServer, "DECLARE @s nvarchar(99) = N'DROP TABLE x'; EXEC(@s)", Effect::Drop),
        (SqlServer, "EXEC sp_executesql N'TRUNCATE TABLE x'", Effect::Drop),
        (SqlServer, "EXEC sp_MSforeachtable 'DROP TABLE ?'", Effect::Drop),
        (SqlServer, "EXEC(@unknown)", Effect::Opaque),
        (SqlServer, "SHUTDOWN WITH NOWAIT", Effect::Disrupt),
        (SqlServer, "RESTORE DATABASE x FROM DISK = 'y' WITH REPLACE", Effect::Drop),
        (SqlServer, "ALTER DATABASE x SET OFFLINE WITH ROLLBACK IMMEDIATE", Effect::Disrupt),
        (Clickhouse, "ALTER TABLE metrics.events DELETE WHERE 1", Effect::Drop),
        (Clickhouse, "ALTER TABLE t DROP PARTITION '2024'", Effect::Drop),
        (Clickhouse, "SYSTEM SHUTDOWN", Effect::Disrupt),
        (Cql, "TRUNCATE ks.users", Effect::Drop),
        (Cql, "BEGIN BATCH INSERT INTO a (b) VALUES (1) DELETE FROM c WHERE d = 1 APPLY BATCH", Effect::Drop),
        (Generic, "DELETE FROM ds.events WHERE true", Effect::Drop),
        (Generic, "CREATE OR REPLACE TABLE sales AS SELECT * FROM sales_tmp", Effect::Drop),
        (Generic, "INSERT OVERWRITE TABLE t SELECT 1", Effect::Drop),
        (Generic, "EXECUTE IMMEDIATE \"DROP TABLE x\"", Effect::Drop),
        (Generic, "SELECT 'a\\'; DROP TABLE x; --'", Effect::Drop),
        (Influx, "DROP DATABASE telegraf", Effect::Drop),
        (Influx, "DROP SERIES FROM cpu", Effect::Drop),
    ];
    for (dialect, text, effect) in cases {
        let outcome = judge(dialect, text);
        assert_eq!(outcome.class, Class::Destructive, "{dialect:?}: {text}");
        assert!(
            outcome.findings.iter().any(|finding| finding.effect == Some(effect)),
            "{dialect:?}: {text}\n{:?}",
            outcome.findings
        );
    }
}

#[test]
fn clients_carry_shells_and_files() {
    let cases = [
        (Postgres, "\\! rm -rf exports", "rm -rf exports"),
        (Postgres, "SELECT 1 \\g |rm x", "rm x"),
        (Postgres, "\\o | tee x", " tee x"),
        (Postgres, "\\set x `id`", "id"),
        (Postgres, "COPY t TO PROGRAM 'rm -rf ''a'''", "rm -rf 'a'"),
        (Postgres, "\\copy t from program 'cat x'", "cat x"),
        (Mysql, "system rm -rf x", "rm -rf x"),
        (Mysql, "SELECT 1; \\! rm x", "rm x"),
        (Mysql, "pager rm x", "rm x"),
        (Sqlite, ".shell rm -rf uploads", "rm -rf uploads"),
        (Sqlite, ".sys rm x", "rm x"),
        (Sqlite, ".once |rm x", "rm x"),
        (Sqlite, "SELECT edit(x, 'rm y') FROM t", "rm y"),
        (SqlServer, "SELECT 1\n!!rm x\nGO", "rm x"),
        (Generic, "!system rm x", "rm x"),
    ];
    for (dialect, text, line) in cases {
        let outcome = judge(dialect, text);
        let carried = outcome
            .carried
            .iter()
            .any(|carried| matches!(carried, Carried::Shell { text, .. } if text.text() == Some(line)));
        assert!(carried, "{dialect:?}: {text}\n{:?}", outcome.carried);
    }
    for (dialect, text, file) in [
        (Postgres, "\\i 'a b.sql'", "a b.sql"),
        (Mysql, "source x.sql;", "x.sql"),
        (Sqlite, ".read x.sql", "x.sql"),
        (SqlServer, ":r x.sql", "x.sql"),
        (Cql, "SOURCE 'x.cql'", "x.cql"),
    ] {
        let outcome = judge(dialect, text);
        let carried = outcome
            .carried
            .iter()
            .any(|carried| matches!(carried, Carried::File { path, .. } if path.text() == Some(file)));
        assert!(carried, "{dialect:?}: {text}\n{:?}", outcome.carried);
    }
    for (dialect, text, file) in [
        (Postgres, "\\o /etc/x", "/etc/x"),
        (Postgres, "COPY t TO '/tmp/x'", "/tmp/x"),
        (Mysql, "SELECT 1 INTO OUTFILE '/tmp/x'", "/tmp/x"),
        (Sqlite, ".output x.txt", "x.txt"),
        (Sqlite, "VACUUM INTO 'b.db'", "b.db"),
        (Generic, "PUT file:///home/x/.env @stage", "/home/x/.env"),
    ] {
        let outcome = judge(dialect, text);
        assert!(
            outcome.paths.iter().any(|path| path.path.text() == Some(file)),
            "{dialect:?}: {text}\n{:?}",
            outcome.paths
        );
    }
}

#[test]
fn findings_point_at_the_words() {
    let text = "SELECT 1; DO $$ BEGIN EXECUTE 'TRUNCATE a'; END $$";
    let outcome = judge(Postgres, text);
    let marked: Vec<&str> = outcome.findings.iter().map(|finding| finding.span.of(text)).collect();
    assert_eq!(marked, ["TRUNCATE a"]);
    let mut quoted = Text::derived("DROP ", Span::new(3, 4));
    quoted.push(&Text::verbatim("TABLE users", Span::new(20, 31)));
    let outcome = read(Postgres, &quoted);
    assert_eq!(outcome.findings.first().map(|finding| finding.span), Some(Span::new(3, 31)));
}

#[test]
fn limits_end_in_opaque() {
    let deep = format!("SELECT {}1", "(".repeat(1000));
    let mut code = "SELECT 1".to_owned();
    for _ in 0..12 {
        code = format!("EXECUTE IMMEDIATE '{}'", code.replace('\'', "''"));
    }
    for text in [deep, code] {
        assert!(judge(Generic, &text).findings.iter().any(|finding| finding.effect == Some(Effect::Opaque)));
    }
}
