-- SPDX-License-Identifier: MIT
-- The ten sellers with the highest revenue, and what was earned on it where the cost is known.
-- A sale counts for the seller that the product had when the order came.
SELECT SellerID, SellerName, sum(Revenue) AS revenue, sum(Profit) AS profit, count(DISTINCT OrderID) AS orders
FROM store_dw.FactSales
JOIN store_dw.DimSeller USING (SellerID)
GROUP BY SellerID, SellerName
ORDER BY revenue DESC, SellerID
LIMIT 10
