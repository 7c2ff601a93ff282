#!/usr/bin/env escript
%%! -noshell +sbwt none
%% The same on the BEAM, as its own users would write it: one gen_server for each child, under OTP's supervisor.
%%   escript beam.escript restart ROUNDS     crash to the next answer
%%   escript beam.escript many COUNT         start and stop of children with specs and names of their own
-mode(compile).
-export([start_link/0, start_link/1, init/1, handle_call/3, handle_cast/2]).

main(["restart", Rounds]) -> quiet(), restart(list_to_integer(Rounds));
main(["many", Count]) -> quiet(), many(1000), report(many(list_to_integer(Count))).

%% Reports of crashes would be printed: that is no part of the comparison.
quiet() -> logger:set_primary_config(level, none).

%% The child: a gen_server with one field.
start_link() -> gen_server:start_link({local, small}, ?MODULE, small, []).
start_link(_Name) -> gen_server:start_link(?MODULE, small, []).
init(small) -> {ok, 0};
init({supervisor, Specs}) -> {ok, {#{strategy => one_for_one, intensity => 1000000000, period => 1}, Specs}}.
handle_call({answer, N}, _From, Count) -> {reply, N, Count + 1}.
handle_cast({fail, From}, _Count) -> From ! {threw, erlang:monotonic_time(nanosecond)}, error(on_purpose).

%% Who asks a process that dies gets an exit, and asks again when the next one has taken the name.
restart(Rounds) ->
    Spec = #{id => small, start => {?MODULE, start_link, []}},
    {ok, _} = supervisor:start_link(?MODULE, {supervisor, [Spec]}),
    [round_(N) || N <- lists:seq(1, Rounds div 5 + 1)],
    Began = erlang:monotonic_time(nanosecond),
    Samples = lists:sort([round_(N) || N <- lists:seq(1, Rounds)]),
    Seconds = (erlang:monotonic_time(nanosecond) - Began) / 1.0e9,
    Middle = lists:nth((Rounds + 1) div 2, Samples),
    io:format("{\"p50_us\":~.3f,\"per_second\":~b}~n", [Middle / 1000, round(Rounds / Seconds)]).

round_(N) ->
    gen_server:cast(small, {fail, self()}),
    N = ask(N),
    Answered = erlang:monotonic_time(nanosecond),
    receive {threw, At} -> Answered - At end.

ask(N) ->
    try gen_server:call(small, {answer, N})
    catch exit:_ -> erlang:yield(), ask(N)
    end.

many(Count) ->
    {ok, Top} = supervisor:start_link(?MODULE, {supervisor, []}),
    Before = used(),
    Began = erlang:monotonic_time(nanosecond),
    [{ok, _} = supervisor:start_child(Top, spec(N)) || N <- lists:seq(1, Count)],
    Started = erlang:monotonic_time(nanosecond),
    Bytes = (used() - Before) / Count,
    Stopping = erlang:monotonic_time(nanosecond),
    unlink(Top),
    Monitor = monitor(process, Top),
    exit(Top, shutdown),
    receive {'DOWN', Monitor, process, Top, _} -> ok end,
    Stopped = erlang:monotonic_time(nanosecond),
    {(Started - Began) / 1.0e6, (Stopped - Stopping) / 1.0e6, Bytes}.

spec(N) ->
    Name = "child-" ++ integer_to_list(N),
    #{id => Name, start => {?MODULE, start_link, [Name]}}.

used() ->
    [erlang:garbage_collect(Pid) || Pid <- processes()],
    erlang:memory(processes_used).

report({Start, Stop, Bytes}) ->
    io:format("{\"start_ms\":~.3f,\"stop_ms\":~.3f,\"bytes\":~.1f}~n", [Start, Stop, Bytes]).
