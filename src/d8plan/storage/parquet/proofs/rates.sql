-- A003, and A001 and A002 of indicators that are rates: a rate is its factor (100 for per cent) times the share
-- of its numerator in its denominator, rounded half up to its decimals. With p of its smallest parts in one, n
-- the numerator times the factor and d the denominator, that is (2 n p + d) div 2 d of these parts. Engines name
-- whole division differently; less its remainder, the dividend leaves a whole quotient in any of them. All is
-- counted in millionths of millionths, for figures and factors have up to six decimals. A rate of nothing is 0.
WITH parts AS (
  SELECT
    t.province, t.plan, t.pointer,
    CASE t.decimals
      WHEN 0 THEN 1 WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000 WHEN 4 THEN 10000 WHEN 5 THEN 100000 ELSE 1000000
    END AS p,
    CAST(CAST(1000000 * t.factor AS BIGINT) AS DECIMAL(38, 0))
      * CAST(1000000 * SUM(CASE WHEN f.indicator = t.numerator THEN f.value ELSE 0 END) AS DECIMAL(38, 0)) AS n,
    1000000
      * CAST(1000000 * SUM(CASE WHEN f.indicator = t.denominator THEN f.value ELSE 0 END) AS DECIMAL(38, 0)) AS d
  FROM totals t
  LEFT JOIN figures f
    ON f.province = t.province AND f.plan = t.of_plan AND f.kind = t.kind
    AND (f.indicator = t.numerator OR f.indicator = t.denominator)
    AND (t.unit IS NULL OR f.unit = t.unit)
    AND (t.level IS NULL OR f.level = t.level)
  WHERE t.proof = 'rate'
  GROUP BY t.province, t.plan, t.pointer, t.decimals, t.factor
),
rates AS (
  SELECT
    province, plan, pointer, p,
    CASE
      WHEN d > 0 THEN CAST(ROUND(((2 * n * p + d) - (2 * n * p + d) % (2 * d)) / (2 * d)) AS BIGINT)
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
