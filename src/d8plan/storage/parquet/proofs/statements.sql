-- S001: a number of the text is what the figures give: a sum, a count of units with more than 0, or a number that the
-- annex states and that may not be summed.
WITH narrowed AS (
  SELECT DISTINCT province, plan, pointer FROM selected_units
),
chosen AS (
  SELECT t.province, t.plan, t.pointer, f.unit, f.value
  FROM totals t
  JOIN figures f
    ON f.province = t.province AND f.plan = t.of_plan AND f.kind = t.kind AND f.indicator = t.indicator
    AND (t.level IS NULL OR f.level = t.level)
  LEFT JOIN narrowed n
    ON n.province = t.province AND n.plan = t.plan AND n.pointer = t.pointer
  LEFT JOIN selected_units s
    ON s.province = t.province AND s.plan = t.plan AND s.pointer = t.pointer AND s.unit = f.unit
  LEFT JOIN groups m
    ON m.province = t.province AND m.plan = t.of_plan AND m.unit_group = t.unit_group AND m.unit = f.unit
  WHERE t.source = 'text'
    AND (n.pointer IS NULL OR s.unit IS NOT NULL)
    AND (t.unit_group IS NULL OR m.unit IS NOT NULL)
),
given AS (
  SELECT
    province, plan, pointer,
    SUM(value) AS total,
    COUNT(DISTINCT CASE WHEN value > 0 AND unit <> 'unallotted' THEN unit END) AS units
  FROM chosen
  GROUP BY province, plan, pointer
),
computed AS (
  SELECT
    t.province, t.plan, t.pointer,
    COALESCE(CASE WHEN t.proof = 'sum' THEN g.total ELSE g.units END, 0) AS computed
  FROM totals t
  LEFT JOIN given g ON g.province = t.province AND g.plan = t.plan AND g.pointer = t.pointer
  WHERE t.source = 'text' AND t.kind <> 'group' AND t.proof IN ('sum', 'count')
  UNION ALL
  SELECT
    t.province, t.plan, t.pointer,
    COUNT(DISTINCT CASE WHEN n.pointer IS NULL OR s.unit IS NOT NULL THEN m.unit END) AS computed
  FROM totals t
  LEFT JOIN groups m
    ON m.province = t.province AND m.plan = t.of_plan AND m.unit_group = t.unit_group
  LEFT JOIN narrowed n
    ON n.province = t.province AND n.plan = t.plan AND n.pointer = t.pointer
  LEFT JOIN selected_units s
    ON s.province = t.province AND s.plan = t.plan AND s.pointer = t.pointer AND s.unit = m.unit
  WHERE t.source = 'text' AND t.kind = 'group' AND t.proof = 'count'
  GROUP BY t.province, t.plan, t.pointer
  UNION ALL
  -- A total that the document states goes before a control total.
  SELECT
    t.province, t.plan, t.pointer,
    COALESCE(MAX(CASE WHEN a.control THEN NULL ELSE a.stated END), MAX(a.stated)) AS computed
  FROM totals t
  JOIN targets a
    ON a.province = t.province AND a.plan = t.of_plan AND a.indicator = t.indicator
    AND (a.level = t.level OR (a.level IS NULL AND t.level IS NULL))
  WHERE t.source = 'text' AND t.proof = 'repeated'
  GROUP BY t.province, t.plan, t.pointer
)
SELECT t.province, t.year, t.plan, t.code, t.file, t.line, t.stated, c.computed
FROM totals t
JOIN computed c ON c.province = t.province AND c.plan = t.plan AND c.pointer = t.pointer
WHERE c.computed <> t.stated
ORDER BY t.province, t.year, t.plan, t.file, t.line
