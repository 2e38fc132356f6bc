-- B001: a total of money is the sum of the amounts of its level, holder and origin, to the đồng.
SELECT
  t.province, t.year, t.plan, t.code, t.file, t.line, CAST(t.stated AS BIGINT) AS stated,
  COALESCE(SUM(b.amount), 0) AS computed
FROM totals t
LEFT JOIN budget b
  ON b.province = t.province AND b.plan = t.of_plan
  AND (t.level IS NULL OR b.level = t.level)
  AND (t.holder IS NULL OR b.holder = t.holder)
  AND (t.origin IS NULL OR b.origin = t.origin)
WHERE t.source = 'budget'
GROUP BY t.province, t.year, t.plan, t.code, t.file, t.line, t.pointer, t.stated
HAVING COALESCE(SUM(b.amount), 0) <> t.stated
ORDER BY t.province, t.year, t.plan, t.file, t.line
