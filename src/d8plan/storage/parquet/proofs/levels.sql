-- A001: the total of a level is the sum of the units' figures at that level.
SELECT t.province, t.year, t.plan, t.code, t.file, t.line, t.stated, COALESCE(SUM(f.value), 0) AS computed
FROM totals t
LEFT JOIN figures f
  ON f.province = t.province AND f.plan = t.of_plan AND f.kind = t.kind
  AND f.indicator = t.indicator AND f.level = t.level
WHERE t.source = 'level' AND t.proof = 'sum'
GROUP BY t.province, t.year, t.plan, t.code, t.file, t.line, t.pointer, t.stated
HAVING COALESCE(SUM(f.value), 0) <> t.stated
ORDER BY t.province, t.year, t.plan, t.file, t.line
