-- SPDX-License-Identifier: MIT
-- Every category that ever was, by its last name.
-- @key CategoryID
-- @not_null CategoryName, Deleted
-- @none all categories: SELECT * FROM silver.ProductCategories ANTI JOIN DimCategory USING (CategoryID)
SELECT h.CategoryID, h.CategoryName, c.CategoryID IS NULL AS Deleted
FROM gold.ProductCategories_history AS h
LEFT JOIN silver.ProductCategories AS c ON c.CategoryID = h.CategoryID
WHERE h._op <> 'TRUNCATE'
QUALIFY row_number() OVER (PARTITION BY h.CategoryID ORDER BY h._seq DESC) = 1
UNION ALL
SELECT -1, 'unknown', false
