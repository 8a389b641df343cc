-- SPDX-License-Identifier: MIT
-- Why orders were cancelled or returned, the most frequent causes first.
SELECT StatusName, ReasonType, ReasonDescription, count(DISTINCT OrderID) AS orders, count(*) AS items
FROM store_dw.FactOrderReason
JOIN store_dw.DimReason USING (ReasonID)
JOIN store_dw.DimOrderStatus USING (StatusID)
GROUP BY StatusName, ReasonType, ReasonDescription
ORDER BY orders DESC, StatusName, ReasonType, ReasonDescription
