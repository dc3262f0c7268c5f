"""The desktop window: logic without tkinter in `presenter`, the window itself in `window`.

    user -> window -> Presenter -> Background: ChatClient on its own thread
    user <- window <- Presenter <- news

Importing this package loads no tkinter, so that its logic can be tested where there is none.
"""
