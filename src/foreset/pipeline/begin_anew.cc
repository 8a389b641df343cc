// SPDX-License-Identifier: MIT
#include "foreset/pipeline/begin_anew.h"

#include <utility>

#include "foreset/base/messages.h"
#include "foreset/pipeline/reset.h"
#include "foreset/pipeline/stop_notes.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {

Status MoveTableAway(const lake::Lake& lake, BronzeCatalog& catalog, LakeLoop& workers,
                     StatusBoard& board, const TableId& id) {
  workers.LetGo(id);
  catalog.Close(id);
  const ResetPlan plan = TRY(PlanTableReset(lake, lake::Layer::kBronze, id));
  RETURN_IF_ERROR(ApplyReset(plan));
  RETURN_IF_ERROR(RemoveStopNote(*lake.stores.bronze, id));
  catalog.Forget(id);
  board.ChangeTable(id, [](TableStatus& status) { status = TableStatus(); });
  Info("{} starts over: its previous tables are kept below _old/", id.ToString());
  return {};
}

Status MoveTableAwayOrBar(const lake::Lake& lake, BronzeCatalog& catalog, LakeLoop& workers,
                          StatusBoard& board, const TableId& id) {
  Status moved = MoveTableAway(lake, catalog, workers, board, id);
  if (moved || !IsOfTableAlone(moved.error())) return moved;
  const Error why = std::move(moved).error();
  Warn("{} cannot begin anew: {}. {}", id.ToString(), why.ToString(), why.NextStep());
  catalog.Bar(id, why);
  board.ChangeTable(id, [&](TableStatus& status) {
    status.phase = TablePhase::kStopped;
    status.stopped = why;
  });
  return {};
}

}  // namespace foreset::pipeline
