-- SPDX-License-Identifier: MIT
-- What each seller sold, those too who sold nothing.
-- A sale counts for the seller that the product had when the order came.
SELECT s.SellerID, s.SellerName, count(DISTINCT f.OrderID) AS orders, coalesce(sum(f.Quantity), 0) AS quantity,
       coalesce(sum(f.Revenue), 0) AS revenue
FROM store_dw.DimSeller AS s
LEFT JOIN store_dw.FactSales AS f ON f.SellerID = s.SellerID
WHERE s.SellerID <> -1
GROUP BY s.SellerID, s.SellerName
ORDER BY revenue DESC, s.SellerID
