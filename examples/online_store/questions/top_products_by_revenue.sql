-- SPDX-License-Identifier: MIT
-- The ten products with the highest revenue, and what was earned on it where the cost is known.
SELECT ProductID, ProductName, sum(Revenue) AS revenue, sum(Profit) AS profit, count(DISTINCT OrderID) AS orders
FROM store_dw.FactSales
JOIN store_dw.DimProduct USING (ProductID)
GROUP BY ProductID, ProductName
ORDER BY revenue DESC, ProductID
LIMIT 10
