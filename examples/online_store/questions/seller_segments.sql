-- SPDX-License-Identifier: MIT
-- Sellers by revenue, growth and return rate (returned orders of all orders, in percent):
--   risk      more than 3 % of the orders came back
--   top       less than 1.5 % came back, in the first quarter by revenue, and not shrinking
--   premium   at most 3 % came back, in the first half by revenue
--   regular   the others
-- Growth: the revenue of the second half of the days on which there were sales, less that of the first half.
WITH days AS (
  SELECT OrderDateKey, ntile(2) OVER (ORDER BY OrderDateKey) AS half
  FROM (SELECT DISTINCT OrderDateKey FROM store_dw.FactSales) AS sold
), sales AS (
  SELECT SellerID, sum(Revenue) AS revenue, sum(CASE WHEN half = 2 THEN Revenue ELSE -Revenue END) AS growth
  FROM store_dw.FactSales
  JOIN days USING (OrderDateKey)
  GROUP BY SellerID
), orders AS (
  SELECT SellerID, OrderID, 0 AS returned FROM store_dw.FactSales
  UNION ALL
  SELECT SellerID, OrderID, CASE WHEN StatusName = 'Returned' THEN 1 ELSE 0 END
  FROM store_dw.FactOrderReason
  JOIN store_dw.DimOrderStatus USING (StatusID)
), rates AS (
  SELECT SellerID, count(DISTINCT OrderID) AS orders,
         100.0 * count(DISTINCT CASE WHEN returned = 1 THEN OrderID END) / count(DISTINCT OrderID) AS return_rate
  FROM orders
  GROUP BY SellerID
), ranked AS (
  SELECT SellerID, orders, coalesce(revenue, 0) AS revenue, coalesce(growth, 0) AS growth, return_rate,
         ntile(4) OVER (ORDER BY coalesce(revenue, 0) DESC, SellerID) AS revenue_quarter
  FROM rates
  LEFT JOIN sales USING (SellerID)
)
SELECT SellerID, SellerName, orders, revenue, growth, round(return_rate, 2) AS return_rate,
       CASE WHEN return_rate > 3 THEN 'risk'
            WHEN return_rate < 1.5 AND revenue_quarter = 1 AND growth >= 0 THEN 'top'
            WHEN revenue_quarter <= 2 THEN 'premium'
            ELSE 'regular' END AS segment
FROM ranked
JOIN store_dw.DimSeller USING (SellerID)
ORDER BY SellerID
