-- SPDX-License-Identifier: MIT
-- Revenue, profit and orders of each day that had sales.
SELECT Date, sum(Revenue) AS revenue, sum(Profit) AS profit, count(DISTINCT OrderID) AS orders
FROM store_dw.FactSales
JOIN store_dw.DimDate ON DateKey = OrderDateKey
GROUP BY Date
ORDER BY Date
