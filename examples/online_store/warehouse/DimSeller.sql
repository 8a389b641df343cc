-- SPDX-License-Identifier: MIT
-- Every seller that ever was, as last known.
-- @key SellerID
-- @not_null SellerName, Deleted
-- @none all sellers: SELECT * FROM silver.Sellers ANTI JOIN DimSeller USING (SellerID)
SELECT h.SellerID, h.Name AS SellerName, h.Email, s.SellerID IS NULL AS Deleted
FROM gold.Sellers_history AS h
LEFT JOIN silver.Sellers AS s ON s.SellerID = h.SellerID
WHERE h._op <> 'TRUNCATE'
QUALIFY row_number() OVER (PARTITION BY h.SellerID ORDER BY h._seq DESC) = 1
UNION ALL
SELECT -1, 'unknown', NULL, false
