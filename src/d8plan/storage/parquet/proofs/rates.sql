-- A003, and A001 and A002 of indicators that are rates: a rate is its numerator in per cent of its
-- denominator, whole and rounded half up, that is (200 n + d) div 2 d. Engines name whole division
-- differently; less its remainder, the dividend leaves a whole quotient in any of them. A rate of
-- nothing is 0.
WITH parts AS (
  SELECT
    t.province, t.plan, t.pointer,
    SUM(CASE WHEN f.indicator = t.numerator THEN f.value ELSE 0 END) AS n,
    SUM(CASE WHEN f.indicator = t.denominator THEN f.value ELSE 0 END) AS d
  FROM totals t
  LEFT JOIN figures f
    ON f.province = t.province AND f.plan = t.of_plan AND f.kind = t.kind
    AND (f.indicator = t.numerator OR f.indicator = t.denominator)
    AND (t.unit IS NULL OR f.unit = t.unit)
    AND (t.level IS NULL OR f.level = t.level)
  WHERE t.proof = 'rate'
  GROUP BY t.province, t.plan, t.pointer
),
rates AS (
  SELECT
    province, plan, pointer,
    CASE
      WHEN d > 0 THEN CAST(((200 * n + d) - (200 * n + d) % (2 * d)) / (2 * d) AS BIGINT)
      ELSE 0
    END AS computed
  FROM parts
)
SELECT t.province, t.year, t.plan, t.code, t.file, t.line, t.stated, r.computed
FROM totals t
JOIN rates r ON r.province = t.province AND r.plan = t.plan AND r.pointer = t.pointer
WHERE r.computed <> t.stated
ORDER BY t.province, t.year, t.plan, t.file, t.line
