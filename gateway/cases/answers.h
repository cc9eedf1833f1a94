#pragma once

#include "gateway/cases/change.h"
#include "guichet/v1/determination.pb.h"

namespace guichet::cases {

/// Takes a program's answer.
///
///   what comes                                     what becomes of it
///   the first answer, or one after the deadline    counts
///   the same id again                              dropped; other content: same_id_other_content
///   the same lines under another id                dropped
///   supersedes = the answer that counts            a correction: counts from now on
///   after referred, needs_information or failed    counts, where it leaves settled lines as they
///   are any other second answer                        contradictory_answer for a superseded
///   submission                    kept with it, changes nothing else for no request of this
///   application             unknown_request not usable (adapters/answer.h) unusable_answer; the
///   line fails where pending
///
/// Names with an underscore are dead letters, for a person to look at.
void take_answer(Change& change, const v1::Determination& answer);

}  // namespace guichet::cases
