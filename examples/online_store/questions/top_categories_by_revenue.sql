-- SPDX-License-Identifier: MIT
-- The ten categories with the highest revenue, and what was earned on it where the cost is known.
-- A sale counts for the category that the product had when the order came.
SELECT CategoryID, CategoryName, sum(Revenue) AS revenue, sum(Profit) AS profit, count(DISTINCT OrderID) AS orders
FROM store_dw.FactSales
JOIN store_dw.DimCategory USING (CategoryID)
GROUP BY CategoryID, CategoryName
ORDER BY revenue DESC, CategoryID
LIMIT 10
