-- SPDX-License-Identifier: MIT
-- One row an item of a cancelled or returned order and a reason given for it; reason -1 where none was given. The seller is
-- the product's when the order was placed where FactSales says it, else the product's last one.
--
-- @key OrderItemID, ReasonID
-- @not_null OrderID
-- @references ReasonID -> DimReason.ReasonID
-- @references SellerID -> DimSeller.SellerID
-- @references OrderDateKey -> DimDate.DateKey
-- @references StatusID -> DimOrderStatus.StatusID
-- @equal orders cancelled or returned: SELECT count(DISTINCT OrderID) FROM FactOrderReason
--   == SELECT count(*) FROM silver.Orders JOIN silver.OrderStatus USING (StatusID)
--        WHERE StatusName IN ('Cancelled', 'Returned') AND OrderID IN (SELECT OrderID FROM silver.OrderItems)
-- @by OrderID: silver.OrderItems, silver.Orders, silver.Reasons, FactSales
-- @affects DimProduct: SELECT OrderID FROM silver.OrderItems WHERE ProductID IN (SELECT ProductID FROM changed)
-- @affects DimReason: SELECT OrderID FROM silver.Reasons
--   WHERE ReasonID IN (SELECT ReasonID FROM changed GROUP BY ALL HAVING count(*) = 1)
-- @affects DimOrderStatus: SELECT OrderID FROM silver.Orders WHERE StatusID IN (SELECT StatusID FROM changed)
SELECT i.OrderItemID,
       coalesce(reason.ReasonID, -1) AS ReasonID,
       i.OrderID,
       coalesce(sale.SellerID, product.SellerID, -1) AS SellerID,
       coalesce(CAST(strftime(o.CreatedAt AT TIME ZONE 'UTC', '%Y%m%d') AS INTEGER), -1) AS OrderDateKey,
       status.StatusID
FROM silver.OrderItems AS i
JOIN silver.Orders AS o ON o.OrderID = i.OrderID
JOIN DimOrderStatus AS status ON status.StatusID = o.StatusID AND status.StatusName IN ('Cancelled', 'Returned')
LEFT JOIN silver.Reasons AS r ON r.OrderID = i.OrderID
LEFT JOIN DimReason AS reason ON reason.ReasonID = r.ReasonID
LEFT JOIN FactSales AS sale ON sale.OrderItemID = i.OrderItemID AND sale.OrderID = i.OrderID
LEFT JOIN DimProduct AS product ON product.ProductID = i.ProductID
