-- SPDX-License-Identifier: MIT
-- Every status of an order that ever was, by its last name.
-- @key StatusID
-- @not_null StatusName, Deleted
-- @none all statuses: SELECT * FROM silver.OrderStatus ANTI JOIN DimOrderStatus USING (StatusID)
SELECT h.StatusID, h.StatusName, s.StatusID IS NULL AS Deleted
FROM gold.OrderStatus_history AS h
LEFT JOIN silver.OrderStatus AS s ON s.StatusID = h.StatusID
WHERE h._op <> 'TRUNCATE'
QUALIFY row_number() OVER (PARTITION BY h.StatusID ORDER BY h._seq DESC) = 1
UNION ALL
SELECT -1, 'unknown', false
