#!/usr/bin/env escript
%%! +S 1:1 +SDcpu 1:1 -kernel logger_level none
%% play.escript FILE: plays every scenario of FILE (one Erlang term each, "#{…}.") on OTP's supervisors. For each it prints
%% "scenario SEED", its lines, and an empty line.
-mode(compile).

main([File]) ->
    logger:set_primary_config(level, none),
    Here = filename:dirname(filename:absname(escript:script_name())),
    lists:foreach(fun(Module) ->
        {ok, Module, Beam} = compile:file(filename:join(Here, Module), [binary, report]),
        {module, Module} = code:load_binary(Module, atom_to_list(Module), Beam)
    end, [virtual_time, supervisor_rewrite, player]),
    supervisor_rewrite:load(),
    ok = io:setopts([{encoding, unicode}]),
    {ok, Device} = file:open(File, [read, raw, binary, {read_ahead, 1000000}]),
    each(Device).

each(Device) ->
    case file:read_line(Device) of
        eof -> ok;
        {ok, Line} ->
            {ok, Tokens, _} = erl_scan:string(binary_to_list(Line)),
            {ok, Scenario} = erl_parse:parse_term(Tokens),
            Lines = player:play(Scenario),
            file:write(standard_io, ["scenario ", integer_to_list(maps:get(seed, Scenario)), $\n, [[L, $\n] || L <- Lines], $\n]),
            each(Device)
    end.
