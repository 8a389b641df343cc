-- SPDX-License-Identifier: MIT
-- Every customer that ever was, as last known.
-- @key CustomerID
-- @not_null CustomerName, Deleted
-- @none all customers: SELECT * FROM silver.Customers ANTI JOIN DimCustomer USING (CustomerID)
-- @by CustomerID: gold.Customers_history, silver.Customers
SELECT h.CustomerID, h.Name AS CustomerName, h.Email, c.CustomerID IS NULL AS Deleted
FROM gold.Customers_history AS h
LEFT JOIN silver.Customers AS c ON c.CustomerID = h.CustomerID
WHERE h._op <> 'TRUNCATE'
QUALIFY row_number() OVER (PARTITION BY h.CustomerID ORDER BY h._seq DESC) = 1
UNION ALL
SELECT -1, 'unknown', NULL, false
