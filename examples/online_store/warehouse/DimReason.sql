-- SPDX-License-Identifier: MIT
-- Every reason that was ever given for a cancellation or a return, as last told.
-- @key ReasonID
-- @not_null ReasonType, Deleted
-- @none all reasons: SELECT * FROM silver.Reasons ANTI JOIN DimReason USING (ReasonID)
-- @by ReasonID: gold.Reasons_history, silver.Reasons
SELECT h.ReasonID, h.ReasonType, h.ReasonDescription, r.ReasonID IS NULL AS Deleted
FROM gold.Reasons_history AS h
LEFT JOIN silver.Reasons AS r ON r.ReasonID = h.ReasonID
WHERE h._op <> 'TRUNCATE'
QUALIFY row_number() OVER (PARTITION BY h.ReasonID ORDER BY h._seq DESC) = 1
UNION ALL
SELECT -1, 'unknown', 'no reason was given', false
