-- SPDX-License-Identifier: MIT
-- Every product that ever was, as last known. A product without category or seller has the unknown one.
-- @key ProductID
-- @not_null ProductName, CategoryID, SellerID, Deleted
-- @references CategoryID -> DimCategory.CategoryID
-- @references SellerID -> DimSeller.SellerID
-- @none all products: SELECT * FROM silver.Products ANTI JOIN DimProduct USING (ProductID)
-- @by ProductID: gold.Products_history, silver.Products
-- @affects DimCategory: SELECT ProductID FROM gold.Products_history JOIN changed USING (CategoryID)
-- @affects DimSeller: SELECT ProductID FROM gold.Products_history JOIN changed USING (SellerID)
SELECT h.ProductID, h.Name AS ProductName,
       coalesce(category.CategoryID, -1) AS CategoryID,
       coalesce(seller.SellerID, -1) AS SellerID,
       h.Price, h.Cost, p.ProductID IS NULL AS Deleted
FROM gold.Products_history AS h
LEFT JOIN silver.Products AS p ON p.ProductID = h.ProductID
LEFT JOIN DimCategory AS category ON category.CategoryID = h.CategoryID
LEFT JOIN DimSeller AS seller ON seller.SellerID = h.SellerID
WHERE h._op <> 'TRUNCATE'
QUALIFY row_number() OVER (PARTITION BY h.ProductID ORDER BY h._seq DESC) = 1
UNION ALL
SELECT -1, 'unknown', -1, -1, NULL, NULL, false
