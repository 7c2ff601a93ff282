%% Makes `virtual_supervisor`: OTP's own supervisor, from the abstract code in its beam, with its decisions untouched and
%% four things around them changed. Fails where a release of OTP has no longer what is to be changed.
%%
%%   erlang:monotonic_time(_)             virtual_time:now(), in milliseconds: periods are given in milliseconds then
%%   receive … after Time (shutdown/1),   a timer of virtual_time
%%   erlang:start_timer, cancel_timer
%%   unlink_flush/2, restart_child/3      tell the player first who was stopped and who has died
%%   gen_server:start_link(supervisor, …) starts this module, at high priority (see player.erl)
-module(supervisor_rewrite).
-export([load/0]).

load() ->
    {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(code:which(supervisor), [abstract_code]),
    put(changes, #{}),
    Changed = lists:flatmap(fun form/1, Forms),
    Expected = #{clock => 1, wait => 1, start_timer => 1, cancel_timer => 1, stopped => 1, died => 1, start => 2},
    case erase(changes) of
        Expected -> ok;
        Found -> exit({this_supervisor_is_unknown, erlang:system_info(otp_release), Found})
    end,
    {ok, Module, Beam} = compile:forms(Changed, [nowarn_unused_function]),
    {module, Module} = code:load_binary(Module, "virtual_supervisor.erl", Beam).

form({attribute, L, module, supervisor}) -> [{attribute, L, module, virtual_supervisor}];
form({function, L, unlink_flush, 2, Clauses}) ->
    count(stopped),
    [{function, L, unlink_flush_of_otp, 2, Clauses} | parse(
        "unlink_flush(Pid, Reason) ->"
        "    Flushed = unlink_flush_of_otp(Pid, Reason),"
        "    player:stopped(Pid, Flushed),"
        "    Flushed.")];
form({function, L, restart_child, 3, Clauses}) ->
    count(died),
    [{function, L, restart_child_of_otp, 3, code(Clauses)} | parse(
        "restart_child(Pid, Reason, State) ->"
        "    player:died(Pid, Reason),"
        "    restart_child_of_otp(Pid, Reason, State).")];
form({function, L, shutdown, 1, Clauses}) -> [{function, L, shutdown, 1, waits(Clauses)}];
form({function, L, Name, Arity, Clauses}) -> [{function, L, Name, Arity, code(Clauses)}];
form(Other) -> [Other].

code(Tree) -> walk(Tree, fun call/1).

call({call, L, {remote, _, {atom, _, erlang}, {atom, _, monotonic_time}}, _}) ->
    count(clock),
    {call, L, remote(L, now), []};
call({call, L, {remote, _, {atom, _, erlang}, {atom, _, Timer}}, Args}) when Timer =:= start_timer; Timer =:= cancel_timer ->
    count(Timer),
    {call, L, remote(L, Timer), Args};
call({call, L, {remote, _, {atom, _, gen_server}, {atom, _, start_link}} = Start, Args}) ->
    count(start),
    [_Options, Init, {atom, _, supervisor} | Name] = lists:reverse(Args),
    {value, Options} = {value, erl_parse:abstract([{spawn_opt, [{priority, high}]}])},
    {call, L, Start, lists:reverse(Name) ++ [{atom, L, virtual_supervisor}, Init, Options]};
call(Other) -> Other.

%% receive CLAUSES after Time -> BODY end: Timer = start_timer, receive CLAUSES, each cancelling it; timeout -> BODY end
waits(Tree) ->
    walk(Tree, fun
        ({'receive', L, Clauses, {var, _, _} = Time, Body}) ->
            count(wait),
            Timer = {var, L, 'VirtualTimer'},
            Start = {call, L, remote(L, start_timer), [Time, {call, L, {atom, L, self}, []}, {atom, L, shutdown}]},
            Cancel = {call, L, remote(L, cancel_timer), [Timer]},
            Heard = [{clause, At, Head, Guard, [Cancel | Then]} || {clause, At, Head, Guard, Then} <- Clauses],
            Fired = {clause, L, [{tuple, L, [{atom, L, timeout}, Timer, {atom, L, shutdown}]}], [], Body},
            {block, L, [{match, L, Timer, Start}, {'receive', L, Heard ++ [Fired]}]};
        (Other) -> Other
    end).

walk(Tree, Change) when is_list(Tree) -> [walk(Branch, Change) || Branch <- Tree];
walk(Tree, Change) when is_tuple(Tree) -> Change(list_to_tuple(walk(tuple_to_list(Tree), Change)));
walk(Leaf, _Change) -> Leaf.

remote(L, Name) -> {remote, L, {atom, L, virtual_time}, {atom, L, Name}}.

parse(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Form} = erl_parse:parse_form(Tokens),
    [Form].

count(What) ->
    Changes = get(changes),
    put(changes, Changes#{What => maps:get(What, Changes, 0) + 1}).
