%% Time that stands still until the scenario moves it: milliseconds, and timers that fire when nothing else can happen.
-module(virtual_time).
-export([reset/0, now/0, move_to/1, start_timer/3, cancel_timer/1, fire_next/0]).

reset() ->
    case ets:info(?MODULE) of
        undefined -> ets:new(?MODULE, [named_table, public, ordered_set]);
        _ -> ets:delete_all_objects(?MODULE)
    end,
    put_now(0).

%% 0 sorts before every {At, Order}: numbers come before tuples.
now() -> ets:lookup_element(?MODULE, 0, 2).

put_now(Ms) -> ets:insert(?MODULE, {0, Ms}), ok.

%% Time never runs back: what was slow to stop may have taken it further than the scenario meant.
move_to(Ms) -> put_now(max(Ms, ?MODULE:now())).

%% As erlang:start_timer/3.
start_timer(infinity, _To, _What) -> make_ref();
start_timer(Ms, To, What) ->
    Ref = make_ref(),
    ets:insert(?MODULE, {{?MODULE:now() + Ms, erlang:unique_integer([monotonic])}, To, {timeout, Ref, What}}),
    Ref.

cancel_timer(Ref) ->
    ets:match_delete(?MODULE, {'_', '_', {timeout, Ref, '_'}}).

%% Moves time to the earliest timer and lets it fire; false when there is none.
fire_next() ->
    case ets:next(?MODULE, 0) of
        '$end_of_table' -> false;
        {At, _} = Key ->
            [{Key, To, Message}] = ets:lookup(?MODULE, Key),
            ets:delete(?MODULE, Key),
            put_now(At),
            To ! Message,
            true
    end.
