-- A003, and A001 and A002 of indicators that are rates: a rate is its numerator in per cent of its
-- denominator, rounded half up to its decimals, that is (200 n p + d) div 2 d of its smallest parts, p in
-- one. Engines name whole division differently; less its remainder, the dividend leaves a whole quotient in
-- any of them. Millionths are counted, for figures have up to six decimals. A rate of nothing is 0.
WITH parts AS (
  SELECT
    t.province, t.plan, t.pointer,
    CASE t.decimals
      WHEN 0 THEN 1 WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000 WHEN 4 THEN 10000 WHEN 5 THEN 100000 ELSE 1000000
    END AS p,
    CAST(1000000 * SUM(CASE WHEN f.indicator = t.numerator THEN f.value ELSE 0 END) AS DECIMAL(30, 0)) AS n,
    CAST(1000000 * SUM(CASE WHEN f.indicator = t.denominator THEN f.value ELSE 0 END) AS DECIMAL(30, 0)) AS d
  FROM totals t
  LEFT JOIN figures f
    ON f.province = t.province AND f.plan = t.of_plan AND f.kind = t.kind
    AND (f.indicator = t.numerator OR f.indicator = t.denominator)
    AND (t.unit IS NULL OR f.unit = t.unit)
    AND (t.level IS NULL OR f.level = t.level)
  WHERE t.proof = 'rate'
  GROUP BY t.province, t.plan, t.pointer, t.decimals
),
rates AS (
  SELECT
    province, plan, pointer, p,
    CASE
      WHEN d > 0 THEN CAST(ROUND(((200 * n * p + d) - (200 * n * p + d) % (2 * d)) / (2 * d)) AS BIGINT)
      ELSE 0
    END AS counted
  FROM parts
)
SELECT
  t.province, t.year, t.plan, t.code, t.file, t.line, t.stated,
  CAST(CAST(r.counted AS DECIMAL(21, 6)) / r.p AS DECIMAL(21, 6)) AS computed
FROM totals t
JOIN rates r ON r.province = t.province AND r.plan = t.plan AND r.pointer = t.pointer
WHERE r.counted <> t.stated * r.p
ORDER BY t.province, t.year, t.plan, t.file, t.line
