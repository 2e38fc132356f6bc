-- A002: the target of an indicator is the sum of its figures over all units and levels.
SELECT t.province, t.year, t.plan, t.code, t.file, t.line, t.stated, COALESCE(SUM(f.value), 0) AS computed
FROM totals t
LEFT JOIN figures f
  ON f.province = t.province AND f.plan = t.of_plan AND f.kind = t.kind AND f.indicator = t.indicator
WHERE t.source = 'target' AND t.proof = 'sum'
GROUP BY t.province, t.year, t.plan, t.code, t.file, t.line, t.pointer, t.stated
HAVING COALESCE(SUM(f.value), 0) <> t.stated
ORDER BY t.province, t.year, t.plan, t.file, t.line
