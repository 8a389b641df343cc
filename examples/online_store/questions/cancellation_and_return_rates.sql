-- SPDX-License-Identifier: MIT
-- How many of a month's orders were cancelled or returned, in percent of those that were paid or came to that.
WITH orders AS (
  SELECT OrderID, OrderDateKey, StatusID FROM store_dw.FactSales
  UNION
  SELECT OrderID, OrderDateKey, StatusID FROM store_dw.FactOrderReason
)
SELECT Year, Month, count(*) AS orders,
       sum(CASE WHEN StatusName = 'Cancelled' THEN 1 ELSE 0 END) AS cancelled,
       sum(CASE WHEN StatusName = 'Returned' THEN 1 ELSE 0 END) AS returned,
       round(100.0 * sum(CASE WHEN StatusName = 'Cancelled' THEN 1 ELSE 0 END) / count(*), 2) AS cancellation_rate,
       round(100.0 * sum(CASE WHEN StatusName = 'Returned' THEN 1 ELSE 0 END) / count(*), 2) AS return_rate
FROM orders
JOIN store_dw.DimDate ON DateKey = OrderDateKey
JOIN store_dw.DimOrderStatus USING (StatusID)
GROUP BY Year, Month
ORDER BY Year, Month
