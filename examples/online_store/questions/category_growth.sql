-- SPDX-License-Identifier: MIT
-- Which categories grow and which decline: the revenue of each month against that of the month before.
-- A sale counts for the category that the product had when the order came.
WITH months AS (
  SELECT f.CategoryID, d.Year * 12 + d.Month AS month_number, d.Year, d.Month, sum(f.Revenue) AS revenue
  FROM store_dw.FactSales AS f
  JOIN store_dw.DimDate AS d ON d.DateKey = f.OrderDateKey
  GROUP BY f.CategoryID, d.Year, d.Month
)
SELECT m.CategoryID, c.CategoryName, m.Year, m.Month, m.revenue, before.revenue AS revenue_before,
       CASE WHEN before.revenue IS NULL THEN 'new'
            WHEN m.revenue > before.revenue THEN 'growing'
            WHEN m.revenue < before.revenue THEN 'declining'
            ELSE 'steady' END AS trend
FROM months AS m
JOIN store_dw.DimCategory AS c ON c.CategoryID = m.CategoryID
LEFT JOIN months AS before ON before.CategoryID = m.CategoryID AND before.month_number = m.month_number - 1
ORDER BY m.CategoryID, m.Year, m.Month
