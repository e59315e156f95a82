-- Prints `table count checksum` for every table of the application, in one snapshot. The checksum does not depend on the
-- order of the rows; it notices accidents, not forgery.
SELECT format(
    'SELECT %L, count(*), coalesce(sum(hashtextextended(rows::text, 0)::numeric), 0) FROM %I.%I AS rows',
    tablename, schemaname, tablename)
FROM pg_tables
WHERE schemaname = 'public'
ORDER BY tablename
\gexec
