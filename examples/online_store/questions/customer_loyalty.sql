-- SPDX-License-Identifier: MIT
-- Loyal customers (three orders or more), repeat customers (two) and those who came once; paid orders count.
SELECT segment, count(*) AS customers, sum(orders) AS orders, sum(revenue) AS revenue
FROM (
  SELECT CustomerID, count(DISTINCT OrderID) AS orders, sum(Revenue) AS revenue,
         CASE WHEN count(DISTINCT OrderID) >= 3 THEN 'loyal'
              WHEN count(DISTINCT OrderID) = 2 THEN 'repeat'
              ELSE 'one-time' END AS segment
  FROM store_dw.FactSales
  GROUP BY CustomerID
) AS customers
GROUP BY segment
ORDER BY segment
