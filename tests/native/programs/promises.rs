//! The promises of the patterns, each with the tests that fail if it is broken. A test checks that they exist, and a
//! [`Proof`](crate::proof::Proof) takes the counts of its row from here.

use std::{collections::BTreeSet, fs, path::Path};

/// Each pattern, its promises, and the tests of each promise: `file::test` under `tests`.
const PROMISES: &str = "
all patterns
  any executor will do: only a clock is passed in
    native/executors::simulated
    native/executors::tokio_current_thread
    native/executors::tokio_multi_thread
    native/executors::smol
    native/executors::local_pool
  Send and Sync when their parts are
    native/patterns/semaphore::semaphore_futures_and_permits_are_send_and_sync
    native/patterns/pool::pool_and_get_are_send_if_the_manager_is
    native/patterns/ttl_cache_store::it_is_as_send_and_sync_as_its_parts
    native/patterns/circuit_breaker::it_is_as_send_and_sync_as_its_clock_and_observer
    native/patterns/rate_limiter::a_limiter_is_send_and_sync_if_its_clock_is
    native/patterns/chain::it_is_as_send_and_sync_as_its_parts
    native/patterns/service::it_is_as_send_and_sync_as_its_parts
    native/patterns/background::tracker_and_drain_are_send_if_their_parts_are
    native/patterns/context::a_scope_is_send_if_its_parts_are
    native/patterns/gather::gather_is_send_if_its_children_are
    native/patterns/health::a_run_is_send_if_its_checks_are
    native/patterns/timeout::a_timeout_is_send_if_its_parts_are
  no lock is held while foreign code runs
    native/patterns/ttl_cache_store::no_lock_is_held_while_values_are_cloned_or_dropped
    native/patterns/semaphore::dropping_a_waker_that_holds_a_permit_does_not_deadlock
  dropping a wait inside the thing that it waits for frees everything
    native/patterns/self_waits::a_drain_inside_its_own_task_is_cancelled_at_the_limit
    native/patterns/self_waits::a_get_inside_connect_ends_by_a_timeout
    native/patterns/self_waits::a_get_inside_connect_without_timeouts_is_a_deadlock_and_dropping_it_frees_everything
    native/patterns/self_waits::a_second_acquire_of_the_only_permit_is_a_deadlock_and_dropping_it_frees_everything
  a pending future does not wake itself
    native/patterns/gather::it_polls_only_woken_children_and_does_not_wake_itself
    native/patterns/ttl_cache::waiting_callers_are_not_woken_needlessly
  settings are checked, and errors name what was wrong
    native/patterns/pool::settings_out_of_range_are_refused_by_name
    native/patterns/circuit_breaker::settings_out_of_range_are_refused_by_name
    native/patterns/rate_limiter::settings_out_of_range_are_refused_by_name
    native/patterns/ttl_cache_store::settings_out_of_range_are_refused_by_name
    native/patterns/semaphore::requests_for_more_permits_than_exist_are_refused_immediately
    native/patterns/printed::error_messages_name_what_was_wrong
  a deadlock names who waits for what
    native/runtime/simulation::a_deadlock_names_who_waits_for_what
  nothing overflows with the longest durations
    native/runtime/timers::instants_saturate_instead_of_overflowing
    native/patterns/circuit_breaker::the_longest_times_do_not_overflow
    native/patterns/rate_limiter::nothing_overflows_at_the_ends_of_the_ranges
    native/patterns/timeout::the_largest_limit_means_no_limit
    native/patterns/background::the_largest_limit_waits_for_all

gather
  results in input order
    native/patterns/gather::results_are_in_input_order_whichever_child_ends_first
  try_gather: the first error drops the rest
    native/patterns/gather::the_first_error_in_time_is_returned_after_the_other_children_are_dropped
    native/patterns/gather::try_gather_returns_all_values_if_there_is_no_error
  settle: each outcome
    native/patterns/gather::settle_returns_every_outcome
  gather_limited: at most so many children at a time
    native/patterns/gather::the_limit_is_reached_and_never_exceeded
    native/patterns/gather::under_a_limit_the_next_child_starts_when_one_ends
    native/patterns/slow_destructors::gathered_children_and_checks_are_gone_before_their_results_are_seen
  time linear in the number of children
    native/patterns/gather::a_hundred_thousand_children_cost_two_polls_each
  a dropped gather drops every child
    native/patterns/gather::a_gather_dropped_at_any_poll_drops_every_child
    native/programs/gather::gathers

background tasks
  tasks continue without the tracker
    native/patterns/background::tasks_continue_when_the_tracker_is_dropped
  a closed tracker refuses new tasks
    native/patterns/background::a_closed_tracker_refuses_new_tasks_and_running_ones_continue
  a failing task is reported and does not affect the others
    native/patterns/background::a_failing_task_is_reported_and_does_not_affect_the_others
  a task that panics is reported as such
    native/patterns/background::a_task_that_panics_is_reported_as_panicked
  tasks left at the deadline are cancelled and counted
    native/patterns/slow_destructors::a_drain_is_not_done_before_the_destructor_of_the_last_task_has_ended
    native/patterns/background::tasks_left_at_the_deadline_are_cancelled_and_dropped_before_drain_returns
    native/patterns/background::a_limit_of_zero_cancels_immediately_also_tasks_that_have_not_started
    native/patterns/background::a_task_that_the_executor_drops_counts_as_cancelled
  a drain or a task dropped anywhere is counted correctly
    native/patterns/background::a_drain_dropped_at_any_poll_does_not_affect_the_next_one
    native/patterns/background::a_task_dropped_at_any_poll_is_counted_once
    native/programs/background::background_tasks

semaphore
  first in, first out
    native/programs/semaphore::semaphore
  a permit changes owner at release: a newcomer cannot overtake
    native/patterns/semaphore::a_released_permit_belongs_to_the_first_waiter_before_it_runs
  a dropped waiter passes its permit on
    native/patterns/semaphore::a_waiter_dropped_after_it_was_woken_passes_its_permit_on
    native/patterns/semaphore::a_dropped_waiter_no_longer_holds_up_smaller_requests
  acquire_many and try_acquire, as tokio's
    native/patterns/semaphore::try_acquire_many_takes_all_or_none
    native/patterns/semaphore::try_acquire_many_does_not_overtake
    native/patterns/semaphore_model::it_agrees_with_tokios_semaphore
  close refuses waiters and newcomers
    native/patterns/semaphore::close_refuses_waiters_and_newcomers_and_revokes_no_permit

connection pool
  a connection has a stable id, and is reused
    native/patterns/pool::one_user_reuses_one_connection_with_the_same_id
  idle and in use are never over max_size
    native/patterns/pool::no_order_of_tasks_loses_a_connection_or_opens_too_many
    native/patterns/pool_model::it_agrees_with_a_naive_model
  no connection is opened before the destructor of another has ended
    native/patterns/slow_destructors::a_pool_opens_no_connection_before_the_destructor_of_another_has_ended
  close refuses waiters and newcomers, and drops every connection
    native/patterns/pool::close_refuses_waiters_and_newcomers_and_drops_every_connection
    native/patterns/pool::close_drops_idle_connections_and_those_that_nobody_collected
    native/patterns/pool::a_connection_opened_while_the_pool_is_closed_is_dropped
  try_get does not wait
    native/patterns/pool::try_get_does_not_wait
  first come, first served
    native/patterns/pool::queries_run_in_order_in_rounds_of_the_pool_size
    native/patterns/pool::a_newcomer_cannot_overtake_a_waiter_that_has_not_run_yet
  checked on checkout, discarded when broken, replaced lazily
    native/patterns/pool::dead_idle_connections_are_replaced_at_the_next_get
    native/patterns/pool::a_check_that_hangs_ends_at_connect_timeout
    native/patterns/pool::a_broken_connection_is_closed_when_it_is_returned
  separate timeouts for waiting and for connecting
    native/patterns/pool::waiting_and_connecting_have_separate_timeouts
  a connection granted to a waiter that has just timed out is not lost
    native/patterns/pool::a_connection_that_becomes_free_at_wait_timeout_is_not_lost
    native/patterns/pool::a_connection_granted_to_a_dropped_waiter_goes_to_the_next
  a dead or failed connection keeps no capacity
    native/patterns/pool::a_failed_connect_frees_its_capacity_for_the_next_waiter
    native/patterns/pool::the_capacity_of_a_broken_connection_goes_to_the_first_waiter
  a get dropped anywhere loses nothing
    native/patterns/pool::a_query_dropped_at_any_poll_loses_no_connection_and_no_capacity
    native/programs/pool::connection_pool

timeout
  a future ready at the deadline is a result
    native/patterns/timeout::a_future_ready_at_the_deadline_is_a_result
  the future is dropped before the error is returned
    native/patterns/timeout::the_future_is_dropped_before_the_error_is_returned
  a limit of zero is one poll
    native/patterns/timeout::a_limit_of_zero_is_one_poll
    native/patterns/timeout::a_deadline_in_the_past_is_one_poll
  a very large limit means no limit
    native/patterns/timeout::the_largest_limit_means_no_limit
  cancelling is not a timeout
    native/patterns/timeout::a_timeout_dropped_at_any_poll_drops_its_future_and_its_timer
    native/programs/timeout::timeouts

context variable
  set and restored around every poll
    native/patterns/context::interleaved_tasks_see_only_their_own_value
    native/patterns/context::the_value_follows_a_task_from_thread_to_thread
  restored also when a poll panics
    native/patterns/context::the_outer_value_is_restored_after_a_panic
  visible while the future is dropped
    native/patterns/context::the_value_is_visible_while_the_future_is_dropped
    native/patterns/context::the_value_is_visible_while_a_finished_future_is_dropped
  nested scopes restore
    native/patterns/context::scopes_nest_and_variables_are_independent
  spawned tasks inherit only on request
    native/patterns/context::a_spawned_task_inherits_only_on_request
  a scope dropped anywhere leaves no value behind
    native/patterns/context::a_request_dropped_at_any_poll_leaves_no_value_behind
    native/programs/context::context_variable

TTL cache
  callers share a fetch, and one fetch of a key runs at a time
    native/patterns/ttl_cache::callers_share_a_fetch_and_a_value_lives_from_its_end
    native/patterns/ttl_cache::in_any_order_one_fetch_runs_at_a_time_and_no_caller_hangs
  no fetch of a key starts before the destructor of the last one has ended
    native/patterns/destructors::no_fetch_of_a_key_starts_before_the_destructor_of_the_last_one_has_ended
    native/patterns/destructors::a_caller_that_arrives_during_the_destructor_of_a_fetch_waits_and_fetches
  a fetch that waits for itself is dropped with its callers
    native/patterns/ttl_cache_cycles::a_fetch_that_asks_for_its_own_key_is_dropped_with_its_caller
    native/patterns/ttl_cache_cycles::fetches_that_have_come_to_wait_for_each_other_are_dropped_with_their_callers
    native/patterns/ttl_cache_cycles::on_simulated_time_a_fetch_that_waits_for_itself_is_reported_as_such
  errors reach all waiters and are not stored
    native/patterns/ttl_cache::an_error_reaches_all_callers_and_is_not_stored
  the next caller takes over from a dropped one, without limit on how often
    native/patterns/ttl_cache::a_fetch_survives_any_number_of_drivers
  waiting callers are not woken needlessly
    native/patterns/ttl_cache::waiting_callers_are_not_woken_needlessly
  the fetch is dropped only with its last caller
    native/patterns/ttl_cache::a_fetch_is_dropped_with_its_last_caller
    native/patterns/ttl_cache::a_caller_dropped_at_any_poll_delays_no_other_caller
  a value invalidated during its fetch is not stored
    native/patterns/ttl_cache::a_key_invalidated_during_its_fetch_is_neither_stored_nor_shared
  bounded, what is used again outlives what is used once
    native/patterns/ttl_cache_store::a_value_that_is_used_outlives_one_that_is_not
    native/patterns/ttl_cache_store::agrees_with_a_plain_list_and_a_clock
  every operation frees expired values
    native/patterns/ttl_cache_store::any_operation_frees_expired_values
    native/patterns/ttl_cache_store::a_sweep_frees_each_value_of_an_idle_cache_when_it_expires
  a hit allocates nothing
    allocations::a_cache_allocates_nothing_for_a_hit

circuit breaker
  a dropped permit counts as cancelled and admits another test call
    native/patterns/circuit_breaker::a_test_call_dropped_at_any_poll_admits_another_after_its_future_is_gone
    native/programs/breaker::circuit_breaker
  no test call starts before the destructor of the last one has ended
    native/patterns/destructors::no_test_call_starts_before_the_destructor_of_the_last_one_has_ended
  results from before the last transition are ignored
    native/patterns/circuit_breaker::a_late_failure_does_not_reopen_and_a_late_success_does_not_close
  half-open admits the configured test calls and rejects the others
    native/patterns/circuit_breaker::half_open_admits_the_configured_test_calls_and_rejects_the_rest
  a hung test call is replaced after its lease
    native/patterns/circuit_breaker::a_hung_test_call_is_replaced_after_the_lease
  the caller classifies errors; after an ignored one another test call is admitted
    native/patterns/circuit_breaker::an_ignored_or_dropped_test_call_admits_another
  trips on failures in a row, or on a rate with a minimum of calls
    native/patterns/circuit_breaker::opens_on_failures_in_a_row_only
    native/patterns/circuit_breaker::the_rate_considers_the_last_calls_and_needs_a_minimum_of_them
    native/patterns/breaker_model::agrees_with_the_reference_model
  forced open, forced closed, reset
    native/patterns/circuit_breaker::forced_states_stay_until_reset
  the observer sees transitions in order, exactly once
    native/patterns/circuit_breaker::the_observer_sees_transitions_in_order_once_each_and_may_use_the_breaker
    native/patterns/circuit_breaker::transitions_caused_by_several_threads_are_all_delivered
  reading the state changes nothing
    native/patterns/circuit_breaker::reading_the_state_changes_nothing
  a call allocates nothing
    allocations::a_breaker_allocates_nothing_for_a_call_nor_for_a_transition

middleware chain
  list order is outer to inner
    native/patterns/chain::requests_pass_the_layers_in_list_order_and_responses_in_reverse
    native/patterns/chain::a_list_decided_at_run_time_has_the_same_order
  a layer may refuse or answer itself
    native/patterns/chain::a_refusing_layer_keeps_the_inner_layers_from_running
  it may change request and response
    native/patterns/chain::a_layer_may_change_the_type_of_the_response
  generic code can spawn a request
    native/patterns/chain::generic_code_can_spawn_a_request
  it may call next again
    native/patterns/chain::an_error_passes_every_layer_outwards_and_next_may_be_called_again
  no unreadied clone of a tower service is called
    native/patterns/tower::a_tower_service_is_called_on_the_instance_that_is_ready
    native/patterns/tower::a_chain_is_a_service_that_is_always_ready
  one allocation a layer at most
    allocations::a_chain_allocates_nothing_and_a_stack_once_for_each_layer_and_for_the_handler
  layers of tower in the chain, and the chain in axum
    native/patterns/tower::layers_of_tower_http_work_in_the_chain
    native/patterns/tower::axum_serves_the_chain_over_http
  a request dropped anywhere leaves every layer, innermost first
    native/patterns/chain::a_request_dropped_at_any_poll_leaves_every_layer_innermost_first
    native/programs/chain::middleware_chain

rate limiter
  never over burst + rate x t in any window
    native/patterns/rate_limiter::no_window_has_more_starts_than_burst_and_rate_allow
    native/patterns/rate_limiter::a_window_across_the_edge_of_a_period_has_no_more_starts
  several starts are counted as one after another
    native/patterns/rate_limiter::several_starts_count_as_one_after_another
    native/patterns/rate_limiter::more_starts_than_the_burst_are_refused_immediately
  a sleeper checks again before it starts
    native/patterns/rate_limiter::a_sleeper_checks_again_before_it_starts
  waiters start first in, first out
    native/patterns/rate_limiter::waiters_start_in_order_at_the_rate
    native/patterns/rate_limiter::nothing_overtakes_the_waiters
  a cancelled waiter uses nothing
    native/patterns/rate_limiter::a_dropped_waiter_for_several_starts_uses_nothing
    native/patterns/rate_limiter::a_waiter_dropped_at_any_poll_uses_nothing_and_holds_up_no_other
    native/programs/limiter::rate_limiter

health check
  a limit for each check
    native/patterns/health::each_check_has_its_own_limit_and_an_answer_at_the_limit_counts
  a run takes as long as the longest check
    native/patterns/health::a_run_takes_as_long_as_the_longest_check
  every check is reported
    native/patterns/health::a_failing_check_hides_no_other
    native/patterns/health::any_unhealthy_check_degrades_the_whole
  a dropped run drops every check
    native/patterns/health::a_run_dropped_at_any_poll_drops_every_check
    native/programs/health::health_check

service
  hits pass nothing further in
    native/patterns/service::a_hit_passes_nothing_further_in
    native/patterns/service::requests_that_join_a_fetch_are_hits
  the order from outside in
    native/patterns/service::the_timeout_starts_with_the_fetch_and_not_in_the_queue
  refusals are no failures of the backend
    native/patterns/service::refusals_are_no_failures_of_the_backend_and_are_not_stored
    native/patterns/service::not_found_does_not_trip_the_breaker_and_timeouts_do
  a permit is released after the destructor of its fetch
    native/patterns/destructors::no_fetch_takes_a_permit_before_the_destructor_of_the_last_one_has_ended
  the counts balance at any moment
    native/patterns/service::in_any_order_the_limits_hold_and_the_counts_balance
    native/programs/service::service
  a dropped request changes no other
    native/patterns/service::a_request_dropped_at_any_poll_changes_no_other
";

/// The promises of a pattern, each with its tests.
fn promises(pattern: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut found: Vec<(_, Vec<_>)> = Vec::new();
    let lines = PROMISES.lines().skip_while(|line| *line != pattern).skip(1);
    for line in lines.take_while(|line| line.starts_with(' ')) {
        match (line.strip_prefix("    "), found.last_mut()) {
            (Some(test), Some((_, tests))) => tests.push(test),
            _ => found.push((line.trim_start(), Vec::new())),
        }
    }
    found
}

/// How many promises a pattern makes, and how many tests there are in the files that hold it to them.
pub(crate) fn counted(pattern: &str) -> (usize, usize) {
    let promises = promises(pattern);
    let tests = promises.iter().flat_map(|(_, tests)| tests);
    let files: BTreeSet<_> = tests.filter_map(|test| Some(test.rsplit_once("::")?.0)).collect();
    let counts = files.into_iter().map(|file| source(file).matches("#[test]").count());
    (promises.len(), counts.sum())
}

fn source(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file).with_extension("rs");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_promise_has_tests_and_they_are_there() {
    for pattern in PROMISES.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')) {
        let promises = promises(pattern);
        assert!(!promises.is_empty(), "{pattern} promises nothing");
        for (promise, tests) in promises {
            assert!(!tests.is_empty(), "nothing holds {pattern} to this: {promise}");
            for test in tests {
                let (file, name) = test.rsplit_once("::").unwrap();
                let source = source(file);
                // A test, or an executor on which all scenarios are run.
                let is_there =
                    source.contains(&format!("fn {name}(")) || source.contains(&format!("({name}:"));
                assert!(is_there, "{pattern}: {promise}: there is no test {test}");
            }
        }
    }
}
